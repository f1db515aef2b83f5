package admin

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

// registers are what each trust must have for data protection and clinical safety.
var registers = []struct{ Key, Name, About string }{
	{"dspt", "Data Security and Protection Toolkit", "The trust’s yearly statement that it meets the NHS data security standards."},
	{"ico", "ICO registration", "Its entry in the register of the Information Commissioner’s Office."},
	{"dpia", "Data protection impact assessment", "Signed by the trust for its use of SHaRON."},
	{"safety", "Clinical safety case", "The trust’s own, under DCB0160."},
}

// warnedBefore is how long before an entry ends those who run the platform are told.
const warnedBefore = 60

// Standing is how an entry of the register is at a day.
type Standing string

// The standings, the worst first.
const (
	Expired Standing = "expired"
	Ending  Standing = "ending" // within warnedBefore days
	Lacking Standing = "lacking"
	Holding Standing = "holding"
)

// Register is an entry of a trust's register with how it stands. Days are 2026-11-20.
type Register struct {
	Kind      string   `json:"kind"`
	Name      string   `json:"name"`
	Reference string   `json:"reference"`
	Dated     string   `json:"dated"`
	Expires   string   `json:"expires"`
	Link      string   `json:"link"`
	Version   int      `json:"version"`
	Standing  Standing `json:"standing"`
}

// today is the day in London.

// standing tells how an entry that ends on a day stands on another.
func standing(expires string, now time.Time) Standing {
	switch {
	case expires < clock.Day(now):
		return Expired
	case expires <= clock.Day(now.In(clock.London).AddDate(0, 0, warnedBefore)):
		return Ending
	}
	return Holding
}

// registerOf is all that a trust must have, what it lacks among it.
func registerOf(rows []registerRow, now time.Time) []Register {
	all := make([]Register, len(registers))
	for i, kind := range registers {
		all[i] = Register{Kind: kind.Key, Name: kind.Name, Standing: Lacking}
		for _, row := range rows {
			if row.Kind == kind.Key {
				all[i] = Register{row.Kind, kind.Name, row.Reference, row.Dated, row.Expires, row.Link, row.Version, standing(row.Expires, now)}
			}
		}
	}
	return all
}

// OneRegister names an entry of a trust's register.
type OneRegister struct {
	Trust uuid.UUID `path:"trust"`
	Kind  string    `path:"kind"`
}

// RegisterForm is an entry as it is, to be changed.
type RegisterForm struct {
	Trust TrustName `json:"trust"`
	Register
	About string `json:"about"`
}

// Register shows an entry of a trust's register. NotFound if there is no such kind.
func (c Console) Register(ctx context.Context, s Scope, in OneRegister) (out RegisterForm, err error) {
	at := slices.IndexFunc(registers, func(r struct{ Key, Name, About string }) bool { return r.Key == in.Kind })
	if at < 0 {
		return out, fault.Missing()
	}
	trust, err := c.Directory.Trust(ctx, in.Trust)
	if err != nil {
		return out, err
	}
	out.Trust, out.About = nameOf(trust), registers[at].About
	return out, s.read(ctx, func(ctx context.Context, rows store) error {
		found, err := rows.registers(ctx, in.Trust)
		out.Register = registerOf(found, s.Now)[at]
		return err
	})
}

// KeepRegister is an entry as it shall be. Version is the one that was read; 0
// where there was none.
type KeepRegister struct {
	OneRegister
	Reference string `json:"reference" validate:"filled,max=100" label:"a reference"`
	Dated     string `json:"dated" validate:"required,datetime=2006-01-02" label:"the day it is from"`
	Expires   string `json:"expires" validate:"required,datetime=2006-01-02" label:"the day it ends"`
	Link      string `json:"link" validate:"max=500" label:"a link"`
	Version   int    `json:"version"`
}

// KeepRegister writes an entry. Conflict if it changed since Version.
func (c Console) KeepRegister(ctx context.Context, s Scope, in KeepRegister) (web.None, error) {
	if _, err := c.Register(ctx, s, in.OneRegister); err != nil {
		return web.None{}, err
	}
	if err := in.check(); err != nil {
		return web.None{}, err
	}
	err := s.write(ctx, func(ctx context.Context, rows store) error {
		row := registerRow{TrustID: in.Trust, Kind: in.Kind, Reference: in.Reference, Dated: in.Dated, Expires: in.Expires, Link: in.Link, Version: in.Version + 1, ChangedAt: s.Now}
		return keep(ctx, rows, row, in.Version)
	})
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, c.Directory.Note(ctx, in.Trust, s.by(), "trust.register", map[string]string{"register": in.Kind, "reference": in.Reference, "expires": in.Expires})
}

func (in KeepRegister) check() error {
	if in.Expires <= in.Dated {
		return fault.Bad("expires", "It must end after the day that it is from.")
	}
	if in.Link == "" {
		return nil
	}
	link, err := url.Parse(in.Link)
	if err != nil || link.Scheme != "https" || link.Host == "" {
		return fault.Bad("link", "Write the whole address, beginning with https://, or leave it empty.")
	}
	return nil
}
