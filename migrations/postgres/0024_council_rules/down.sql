DROP TABLE council_rule_endings;
DROP TABLE council_rules;
