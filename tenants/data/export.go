package data

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// copyKept is how long a copy can be downloaded.
const copyKept = 7 * 24 * time.Hour

// Asked is the export that came of asking.
type Asked struct {
	ID    uuid.UUID `json:"id"`
	State string    `json:"state"`
}

// Ask has a copy made of all that is kept about the actor. While one is being
// made, asking again changes nothing. Conflict while their things are being removed.
func (d Data) Ask(ctx context.Context, s tenants.Scope, _ web.None) (Asked, error) {
	if err := s.Fresh(); err != nil {
		return Asked{}, err
	}
	if err := notLeaving(ctx, s, s.Actor.AccountID); err != nil {
		return Asked{}, err
	}
	last, err := latest(ctx, s, s.Actor.AccountID)
	if err != nil {
		return Asked{}, err
	}
	if last != nil && last.State == waits {
		return Asked{last.ID, last.State}, nil
	}
	// A new copy takes the place of the last.
	if _, err := s.Update((*Export)(nil)).Set("expires_at = ?", s.Now).Where("account_id = ?", s.Actor.AccountID).Where("expires_at > ?", s.Now).Exec(ctx); err != nil {
		return Asked{}, err
	}
	row := Export{AccountID: s.Actor.AccountID, State: waits, AskedAt: s.Now, ExpiresAt: s.Now.Add(copyKept)}
	if row.ID, err = uuid.NewV7(); err != nil {
		return Asked{}, err
	}
	row.File = fmt.Sprintf("exports/%s/%s.zip", s.Trust().ID, row.ID)
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return Asked{}, err
	}
	if err := s.Audit(ctx, "data.export", tenants.Audited{Subject: row.ID}); err != nil {
		return Asked{}, err
	}
	return Asked{row.ID, row.State}, s.Emit(ctx, exporting, tenants.Event{Subject: row.ID})
}

// notLeaving is Conflict once somebody's things are being removed: a copy of what
// is half gone would be a wrong one.
func notLeaving(ctx context.Context, s tenants.Scope, account uuid.UUID) error {
	f, err := farewell(ctx, s, account)
	if err == nil && f != nil && f.State != waits {
		return fault.New(fault.Conflict, "You have left, and your things are being removed. A copy can no longer be made.")
	}
	return err
}

// ByID names an export or a hold.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Download is the actor's own copy, for a week.
func (d Data) Download(ctx context.Context, s tenants.Scope, in ByID) (web.Content, error) {
	var row Export
	err := s.Select(&row).Where("export.id = ?", in.ID).Where("export.account_id = ?", s.Actor.AccountID).
		Where("export.state = 'ready'").Where("export.expires_at > ?", s.Now).Scan(ctx)
	if err != nil {
		return web.Content{}, err
	}
	if err := s.Fresh(); err != nil {
		return web.Content{}, err
	}
	return web.Content{Type: "application/zip", Name: "my-data.zip", Size: row.Bytes, Tag: row.File, Open: func(ctx context.Context) (io.ReadSeekCloser, error) {
		return d.Files.Open(ctx, row.File)
	}}, nil
}

// export makes a copy. It reads room by room, writes the file, and says that it
// is there only if the person has not begun to leave meanwhile.
func (d Data) export(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var row Export
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		return s.Select(&row).Where("export.id = ?", e.Subject).Where("export.state = ?", waits).Scan(ctx)
	})
	if database.Missing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	var whole tenants.Copy
	if err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error { return d.gather(ctx, s, row.AccountID, &whole) }); err != nil {
		return err
	}
	size, err := d.pack(ctx, s, whole, row.File)
	if err != nil {
		return err
	}
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		if err := notLeaving(ctx, s, row.AccountID); err != nil {
			return err
		}
		err := tenants.Touched(s.Update((*Export)(nil)).Set("state = 'ready'").Set("bytes = ?", size).Set("ready_at = ?", s.Now).Set("expires_at = ?", s.Now.Add(copyKept)).
			Where("id = ?", row.ID).Where("state = ?", waits).Where("expires_at > ?", s.Now).Exec(ctx))
		if err != nil {
			return err
		}
		return s.Emit(ctx, copyReady, tenants.Event{Subject: row.ID})
	})
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) { // they left, or asked again: nobody may have this one
		return d.Files.Delete(ctx, row.File)
	}
	return err
}

// gather asks every room and part, in every service that the account has a place in.
func (d Data) gather(ctx context.Context, s tenants.Scope, account uuid.UUID, into *tenants.Copy) error {
	for _, holding := range d.Parts() {
		if holding.Export != nil {
			if err := holding.Export(ctx, s, tenants.Person{AccountID: account}, into); err != nil {
				return err
			}
		}
	}
	return d.eachPlace(ctx, s, account, func(s tenants.Scope, person tenants.Person) error {
		into.Service = s.Service.Name
		for _, holding := range d.Rooms() {
			if holding.Export == nil {
				continue
			}
			if err := holding.Export(ctx, s, person, into); err != nil {
				return err
			}
		}
		return nil
	})
}

// eachPlace calls fn for every place that an account has or had in a service.
func (d Data) eachPlace(ctx context.Context, s tenants.Scope, account uuid.UUID, fn func(tenants.Scope, tenants.Person) error) error {
	people, err := placesOf(ctx, s, account)
	if err != nil {
		return err
	}
	services, err := s.Everywhere(ctx)
	if err != nil {
		return err
	}
	for _, person := range people {
		for _, at := range services {
			if at.Service.ID == person.ServiceID {
				if err := fn(at, person); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// pack writes a copy to storage: for machines, for people, and the pictures. It
// returns its size in bytes.
func (d Data) pack(ctx context.Context, s tenants.Scope, whole tenants.Copy, key string) (size int64, err error) {
	file, err := os.CreateTemp("", "sharon-export-*.zip")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	into := zip.NewWriter(file)
	words, err := json.MarshalIndent(whole, "", "  ")
	if err != nil {
		return 0, err
	}
	if err := add(into, "data.json", func(w io.Writer) error { _, err := w.Write(words); return err }); err != nil {
		return 0, err
	}
	if err := add(into, "index.html", func(w io.Writer) error { return copyPage(s.Trust().Name, s.Now, whole).Render(ctx, w) }); err != nil {
		return 0, err
	}
	for _, section := range whole.Sections {
		for _, item := range section.Items {
			for _, picture := range item.Pictures {
				if err := d.addPicture(ctx, into, picture); err != nil {
					return 0, err
				}
			}
		}
	}
	if err := into.Close(); err != nil {
		return 0, err
	}
	if size, err = file.Seek(0, io.SeekEnd); err != nil {
		return 0, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	return size, d.Files.Put(ctx, key, file, size, "application/zip")
}

func add(into *zip.Writer, name string, write func(io.Writer) error) error {
	w, err := into.Create(name)
	if err != nil {
		return err
	}
	return write(w)
}

func (d Data) addPicture(ctx context.Context, into *zip.Writer, picture tenants.CopyPicture) error {
	file, err := d.Files.Open(ctx, picture.Key)
	if fault.Is(err, fault.NotFound) {
		return nil // taken away since
	}
	if err != nil {
		return err
	}
	err = add(into, "pictures/"+fileName(picture), func(w io.Writer) error { _, err := io.Copy(w, file); return err })
	return errors.Join(err, file.Close())
}

var endings = map[string]string{"video/mp4": ".mp4", "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}

// fileName is what a picture or a film is called in the copy.
func fileName(picture tenants.CopyPicture) string { return picture.File + endings[picture.Type] }

// expire removes copies whose time is over: the bytes first.
func (d Data) expire(ctx context.Context, s tenants.Scope) error {
	var old []Export
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		return s.Select(&old).Where("export.expires_at <= ?", s.Now).Limit(100).Scan(ctx)
	})
	if err != nil {
		return err
	}
	return d.drop(ctx, s, old)
}

func (d Data) drop(ctx context.Context, s tenants.Scope, exports []Export) error {
	for _, row := range exports {
		if err := d.Files.Delete(ctx, row.File); err != nil {
			return err
		}
		err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
			_, err := s.Delete((*Export)(nil)).Where("id = ?", row.ID).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
