DROP TABLE funds;
DROP TABLE personal_budgets;
