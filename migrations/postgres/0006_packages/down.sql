DROP TABLE order_lines;
DROP TABLE orders;
DROP TABLE package_lines;
DROP TABLE packages;
