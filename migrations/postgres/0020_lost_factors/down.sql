DROP TABLE factor_removal_steps;
DROP TABLE factor_removals;
