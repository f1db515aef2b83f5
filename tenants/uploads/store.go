package uploads

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// upload is a file that was, or was to be, stored.
type upload struct {
	bun.BaseModel `bun:"table:uploads,alias:upload"`
	tenants.InService

	File     string    `bun:"file,pk"` // its key in storage
	UsedBy   string    `bun:"used_by"` // the table that says whether it is in use
	StoredAt time.Time `bun:"stored_at"`
}

// Noted is Note in the unit of work at hand, which must end before the files come.
func (u Uploads) Noted(ctx context.Context, s tenants.Scope, keys ...string) error {
	rows := make([]upload, len(keys))
	for i, key := range keys {
		rows[i] = upload{File: key, UsedBy: u.Table, StoredAt: s.Now}
	}
	_, err := tenants.InsertAll(s, rows).Exec(ctx)
	return err
}

func (u Uploads) unused(ctx context.Context, s tenants.Scope, before time.Time) (rows []upload, err error) {
	q := s.Select(&rows).Where("upload.used_by = ?", u.Table).Where("upload.stored_at < ?", before)
	for _, column := range u.Columns {
		q.Where("NOT EXISTS (SELECT 1 FROM ? AS holder WHERE holder.tenant_id = upload.tenant_id AND holder.? = upload.file)", bun.Ident(u.Table), bun.Ident(column))
	}
	err = q.Order("upload.stored_at").Limit(atOnce).Scan(ctx)
	return rows, err
}

func forget(ctx context.Context, s tenants.Scope, one upload) error {
	_, err := s.Delete((*upload)(nil)).Where("file = ?", one.File).Exec(ctx)
	return err
}
