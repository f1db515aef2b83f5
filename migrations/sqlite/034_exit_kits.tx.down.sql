DROP TABLE platform_kits;
