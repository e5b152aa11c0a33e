DROP TABLE mandate_offer_answers;
DROP TABLE mandate_offers;
