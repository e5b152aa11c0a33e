DROP TABLE review_replies;
DROP TABLE review_decisions;
DROP TABLE reviews;
DROP FUNCTION refuse_change_of_reviews();
