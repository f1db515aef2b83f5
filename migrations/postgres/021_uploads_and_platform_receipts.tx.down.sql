DROP TABLE platform_receipts;
--bun:split
DROP TABLE uploads;
