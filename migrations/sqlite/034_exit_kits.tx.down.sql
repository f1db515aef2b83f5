DROP TABLE kit_keys;
--bun:split
DROP TABLE platform_kits;
