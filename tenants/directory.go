package tenants

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants/areas"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Directory finds trusts by host and keeps their estates in memory by version.
type Directory struct {
	DB    *database.DB
	Clock clock.Clock
	// BaseHost is the platform's own host; a trust lives at slug.BaseHost.
	BaseHost string
	// Defaults are the rules that every trust starts from.
	Defaults []policy.Rule
	// Begins are what the rooms write for a new service, in its transaction.
	Begins []func(ctx context.Context, s Scope, preset areas.Area) error
	// Outlet is told what has happened once it is committed; nil for nobody. It
	// must not wait: what it misses is found in the outbox.
	Outlet func(events []Event)

	mu      sync.RWMutex
	trusts  []Trust
	readAt  time.Time
	estates map[uuid.UUID]*Estate
}

// rereadEvery bounds how often unknown hosts can make us read all trusts again.
const rereadEvery = time.Second

// staleAfter is when a renamed slug or domain is noticed at the latest.
const staleAfter = 30 * time.Second

// TrustAt finds the trust of a host: its own domain, or slug.BaseHost.
// NotFound if there is none.
func (d *Directory) TrustAt(ctx context.Context, host string) (Trust, error) {
	trust, age := d.known(host)
	if trust == nil && age > rereadEvery || age > staleAfter {
		if _, err := d.Trusts(ctx); err != nil && trust == nil {
			return Trust{}, err
		}
		trust, _ = d.known(host)
	}
	if trust == nil {
		return Trust{}, fault.Missing()
	}
	return *trust, nil
}

func (d *Directory) known(host string) (*Trust, time.Duration) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	slug, ours := strings.CutSuffix(host, "."+d.BaseHost)
	for i := range d.trusts {
		if t := &d.trusts[i]; ours && t.Slug == slug || t.Domain != nil && *t.Domain == host {
			return t, d.Clock.Now().Sub(d.readAt)
		}
	}
	return nil, d.Clock.Now().Sub(d.readAt)
}

// Trusts lists all trusts but those in the archive, by name.
func (d *Directory) Trusts(ctx context.Context) ([]Trust, error) {
	trusts, err := d.AllTrusts(ctx)
	return slices.DeleteFunc(slices.Clone(trusts), func(t Trust) bool { return t.Status == Archived }), err
}

// AllTrusts lists all trusts there ever were, by name.
func (d *Directory) AllTrusts(ctx context.Context) ([]Trust, error) {
	var trusts []Trust
	err := d.DB.Read(ctx, uuid.Nil, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(&trusts).Order("name").Scan(ctx)
	})
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.trusts, d.readAt = trusts, d.Clock.Now()
	d.mu.Unlock()
	return trusts, nil
}

// Remembered returns what is in memory of a host's trust without asking the
// database: for the help page, which must answer when nothing else does.
func (d *Directory) Remembered(host string) *Estate {
	trust, _ := d.known(host)
	if trust == nil {
		return nil
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.estates[trust.ID]
}

// estate returns the trust's services, rooms and policy of a version, from
// memory or else from the transaction at hand.
func (d *Directory) estate(ctx context.Context, db bun.IDB, trust uuid.UUID, version int64) (*Estate, error) {
	d.mu.RLock()
	kept := d.estates[trust]
	d.mu.RUnlock()
	if kept != nil && kept.Trust.ConfigVersion == version {
		return kept, nil
	}
	read, err := d.readEstate(ctx, db, trust)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.estates == nil {
		d.estates = map[uuid.UUID]*Estate{}
	}
	if kept := d.estates[trust]; kept == nil || kept.Trust.ConfigVersion < read.Trust.ConfigVersion {
		d.estates[trust] = read
	}
	return read, nil
}

func (d *Directory) readEstate(ctx context.Context, db bun.IDB, trust uuid.UUID) (*Estate, error) {
	estate := &Estate{}
	if err := db.NewSelect().Model(&estate.Trust).Where("id = ?", trust).Scan(ctx); err != nil {
		return nil, err
	}
	s := Scope{Estate: estate, unit: &unit{db: db, dir: d}}
	if err := s.Select(&estate.Services).Where("status = 'active'").Order("name").Scan(ctx); err != nil {
		return nil, err
	}
	var rooms []Room
	if err := s.SelectAcross(&rooms).Scan(ctx); err != nil {
		return nil, err
	}
	var topics []Topic
	if err := s.SelectAcross(&topics).Order("position", "key").Scan(ctx); err != nil {
		return nil, err
	}
	var wings []Wing
	if err := s.SelectAcross(&wings).Scan(ctx); err != nil {
		return nil, err
	}
	for _, service := range estate.Services {
		if at := slices.IndexFunc(wings, func(w Wing) bool { return w.ServiceID == service.ID }); at >= 0 {
			service.wing = &wings[at]
		}
		service.topics = slices.DeleteFunc(slices.Clone(topics), func(t Topic) bool { return t.ServiceID != service.ID })
		service.rooms = map[string]Room{}
		for _, room := range rooms {
			if room.ServiceID == service.ID {
				service.rooms[room.Module] = room
			}
		}
	}
	var changes []PolicyRule
	if err := s.Select(&changes).Order("id").Scan(ctx); err != nil {
		return nil, err
	}
	var err error
	estate.Policy, err = s.Compile(changes)
	return estate, err
}

// ReadAs runs fn in a read-only unit of work of the trust, as nobody. It is for
// workers and commands; requests come through the Gate.
func (d *Directory) ReadAs(ctx context.Context, trust uuid.UUID, service string, fn func(context.Context, Scope) error) error {
	return d.read(ctx, trust, d.as(trust, service, fn))
}

// WriteAs is ReadAs for writing, behind what people wait for.
func (d *Directory) WriteAs(ctx context.Context, trust uuid.UUID, service string, fn func(context.Context, Scope) error) error {
	return d.unit(ctx, trust, d.DB.WriteBehind, d.as(trust, service, fn))
}

func (d *Directory) as(trust uuid.UUID, service string, fn func(context.Context, Scope) error) func(context.Context, *unit) error {
	return func(ctx context.Context, u *unit) error {
		version, err := versionOf(ctx, u.db, trust)
		if err != nil {
			return err
		}
		estate, err := d.estate(ctx, u.db, trust, version)
		if err != nil {
			return err
		}
		u.estate = estate
		s := Scope{Estate: estate, Now: d.Clock.Now(), unit: u}
		if service != "" {
			if s.Service = estate.Service(service); s.Service == nil {
				return fault.Missing()
			}
		}
		return fn(ctx, s)
	}
}

// read runs fn in a read-only unit of work.
func (d *Directory) read(ctx context.Context, trust uuid.UUID, fn func(context.Context, *unit) error) error {
	return d.DB.Read(ctx, trust, func(ctx context.Context, db bun.IDB) error { return fn(ctx, &unit{db: db, dir: d}) })
}

func (d *Directory) write(ctx context.Context, trust uuid.UUID, fn func(context.Context, *unit) error) error {
	return d.unit(ctx, trust, d.DB.Write, fn)
}

// unit runs fn in a unit of work and, once that is committed, tells what happened in it.
func (d *Directory) unit(ctx context.Context, trust uuid.UUID, write func(context.Context, uuid.UUID, func(context.Context, bun.IDB) error) error, fn func(context.Context, *unit) error) error {
	u := &unit{dir: d}
	err := write(ctx, trust, func(ctx context.Context, db bun.IDB) error {
		u.db = db
		return fn(ctx, u)
	})
	if err == nil && len(u.emitted) > 0 && d.Outlet != nil {
		d.Outlet(u.emitted)
	}
	return err
}
