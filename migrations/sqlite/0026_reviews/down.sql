DROP TABLE review_replies;
DROP TABLE review_decisions;
DROP TABLE reviews;
