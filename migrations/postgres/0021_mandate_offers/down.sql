DROP TABLE mandate_offer_answers;
DROP TABLE mandate_offers;
DROP FUNCTION refuse_change_of_mandate_offers();
