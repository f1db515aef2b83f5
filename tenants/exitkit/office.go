package exitkit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Kept is how long a kit can be fetched.
const Kept = 14 * 24 * time.Hour

// shown is how many kits of a trust the console lists.
const shown = 10

// Office is how the console has kits made and hands them on. It opens none: only
// who has the trust's secret key can.
type Office struct{ House }

// List are the last kits of a trust, the latest first.
func (o Office) List(ctx context.Context, trust uuid.UUID) (all []Kit, err error) {
	return all, o.read(ctx, func(ctx context.Context, k kits) error {
		all, err = k.latest(ctx, trust, shown)
		return err
	})
}

// KeyOf is the public key that a trust has given; nil if it has not. The platform
// chooses none: with a key of its own it could read all of the trust.
func (o Office) KeyOf(ctx context.Context, trust uuid.UUID) (key *Key, err error) {
	err = o.Directory.ReadAs(ctx, trust, "", func(ctx context.Context, s tenants.Scope) error {
		key, err = keyOf(ctx, s)
		return err
	})
	return key, err
}

// Ask has a kit made for the key that the trust has given, which is the one that was
// read. While one of the trust is under way, that is the answer. Conflict if there is
// no key, or another one by now.
func (o Office) Ask(ctx context.Context, trust uuid.UUID, recipient string, by tenants.By) (kit Kit, err error) {
	begun := false
	err = o.Directory.WriteAs(ctx, trust, "", func(ctx context.Context, s tenants.Scope) error {
		key, err := keyOf(ctx, s)
		if err != nil {
			return err
		}
		if key == nil || key.Recipient != recipient {
			return fault.New(fault.Conflict, "The trust’s key is not the one that you read. Load the page again.")
		}
		kit = Kit{ID: uuid.Must(uuid.NewV7()), StaffID: by.ID, Recipient: recipient, State: Waiting, DueAt: s.Now, AskedAt: s.Now, ExpiresAt: s.Now.Add(Kept)}
		if begun, err = tenants.About(ctx, s, &kit); err != nil || !begun {
			return err
		}
		if err := s.Audit(ctx, "kit.asked", tenants.Audited{Subject: kit.ID, After: asked{recipient, by.Name}}); err != nil {
			return err
		}
		return s.Deed(ctx, by, "kit.asked", "")
	})
	if err != nil || begun {
		return kit, err
	}
	all, err := o.List(ctx, trust)
	if err == nil && len(all) > 0 {
		kit = all[0]
	}
	return kit, err
}

// asked is what the trust's audit log says of it.
type asked struct {
	Recipient string `json:"recipient"`
	By        string `json:"by"`
}

// Fetch is the file of a kit that is ready. NotFound if there is none any more.
func (o Office) Fetch(ctx context.Context, trust, id uuid.UUID, by tenants.By) (web.Content, error) {
	kit, err := o.ready(ctx, trust, id)
	if err != nil {
		return web.Content{}, err
	}
	of, err := o.Directory.Trust(ctx, trust)
	if err != nil {
		return web.Content{}, err
	}
	return o.content(of, kit, func(ctx context.Context) error {
		return o.Directory.Note(ctx, trust, by, "kit.fetched", map[string]string{"sha256": kit.SHA256})
	}), nil
}

// content is a kit's file; note writes down that somebody fetches it.
func (o Office) content(of tenants.Trust, kit Kit, note func(context.Context) error) web.Content {
	return web.Content{Type: "application/octet-stream", Name: of.Slug + "-" + kit.AskedAt.Format(time.DateOnly) + ".tar.gz.age", Size: kit.Bytes, Tag: kit.SHA256,
		Open: func(ctx context.Context) (io.ReadSeekCloser, error) {
			if err := note(ctx); err != nil {
				return nil, err
			}
			return o.Files.Open(ctx, kit.file())
		}}
}

// Remove throws a kit away before its time. NotFound if it is gone.
func (o Office) Remove(ctx context.Context, trust, id uuid.UUID, by tenants.By) error {
	kit, err := o.ready(ctx, trust, id)
	if err != nil {
		return err
	}
	if err := o.Directory.Note(ctx, trust, by, "kit.removed", map[string]string{"sha256": kit.SHA256}); err != nil {
		return err
	}
	return o.end(ctx, kit, Removed)
}

func (o Office) ready(ctx context.Context, trust, id uuid.UUID) (kit Kit, err error) {
	err = o.read(ctx, func(ctx context.Context, k kits) error {
		kit, err = k.one(ctx, trust, id)
		return err
	})
	if err == nil && (kit.State != Ready || !kit.ExpiresAt.After(o.Clock.Now())) {
		err = fault.Missing()
	}
	return kit, err
}

// end removes a kit's file, and then says so.
func (h House) end(ctx context.Context, kit Kit, state string) error {
	if err := h.Files.Delete(ctx, kit.file()); err != nil {
		return err
	}
	err := h.write(ctx, func(ctx context.Context, k kits) error { return k.end(ctx, kit, state) })
	if fault.Is(err, fault.NotFound) {
		return nil // somebody else did
	}
	return err
}

// file is where a kit lies.
func (k Kit) file() string { return fmt.Sprintf("kits/%s/%s.age", k.TrustID, k.ID) }

func (h House) read(ctx context.Context, fn func(context.Context, kits) error) error {
	return h.DB.Read(ctx, uuid.Nil, func(ctx context.Context, db bun.IDB) error { return fn(ctx, kits{db}) })
}

func (h House) write(ctx context.Context, fn func(context.Context, kits) error) error {
	return h.DB.Platform(ctx, func(ctx context.Context, db bun.IDB) error { return fn(ctx, kits{db}) })
}

var errLost = errors.New("another worker makes this kit now")
