CREATE TABLE unguarded (tenant_id uuid NOT NULL PRIMARY KEY);
