DROP TABLE platform_programmes;
