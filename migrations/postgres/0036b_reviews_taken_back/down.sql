DROP TABLE review_withdrawals;
DROP TABLE review_reply_decisions;
DROP INDEX review_decisions_review;
DROP INDEX review_replies_review;
ALTER TABLE review_decisions ADD UNIQUE (review_id);
ALTER TABLE review_replies ADD UNIQUE (review_id);
