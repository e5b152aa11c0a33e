ALTER TABLE invoice_lines DROP COLUMN base_quantity;
DROP TABLE delivery_parts;
DROP TABLE delivery_visits;
DROP TABLE order_parts;
DROP TABLE order_visits;
DROP TABLE package_visits;
DROP FUNCTION refuse_change_of_delivery_visits();
