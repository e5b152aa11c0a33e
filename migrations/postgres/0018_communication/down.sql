DROP TABLE communication_need_items;
DROP TABLE communication_needs;
