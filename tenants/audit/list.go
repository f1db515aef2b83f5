package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// Filter narrows the log; what is empty asks for nothing.
type Filter struct {
	Who     string `json:"who" validate:"max=60" label:"a handle"`
	Action  string `json:"action" validate:"max=60" label:"an action"`
	Service string `json:"service" validate:"max=60" label:"a service"`
	From    string `json:"from" validate:"omitempty,datetime=2006-01-02" label:"the first day"`
	To      string `json:"to" validate:"omitempty,datetime=2006-01-02" label:"the last day"`

	service  uuid.UUID
	from, to time.Time // to is the day after
}

// read turns the words of a filter into what the database knows.
func (f *Filter) read(s tenants.Scope) error {
	day := func(text string) (t time.Time) {
		if text != "" {
			t, _ = time.ParseInLocation(time.DateOnly, text, clock.London) // the tag has checked it
		}
		return t
	}
	f.from, f.to = day(f.From), day(f.To)
	if !f.to.IsZero() {
		f.to = f.to.AddDate(0, 0, 1)
	}
	if !f.from.IsZero() && !f.to.IsZero() && !f.from.Before(f.to) {
		return fault.Bad("to", "The last day must not be before the first.")
	}
	if f.Service != "" {
		service := s.Estate.Service(f.Service)
		if service == nil {
			return fault.Bad("service", "Choose one of the services.")
		}
		f.service = service.ID
	}
	return nil
}

// Page is what the page of the log shows.
type Page struct {
	Filter
	Before *uuid.UUID `json:"before,omitempty"` // the last record of the page above
}

// pageSize is how many records a page has.
const pageSize = 50

// Entry is a record as people read it.
type Entry struct {
	tenants.Record
	Number  int64    `json:"number,omitempty"` // its place in the chain; zero until it is sealed
	Words   string   `json:"words"`            // what was done
	Who     string   `json:"who"`
	About   string   `json:"about,omitempty"` // whom or what it concerns, where that has a name
	Service string   `json:"service,omitempty"`
	Changes []Change `json:"changes,omitempty"`

	hash string
}

// Change is one value before and after.
type Change struct {
	Name string `json:"name"`
	Was  string `json:"was,omitempty"`
	Now  string `json:"now,omitempty"`
}

// Listed is a page of the log, the latest first.
type Listed struct {
	Entries    []Entry `json:"entries"`
	Older      string  `json:"older,omitempty"`
	Sealed     int64   `json:"sealed"`               // how far the chain goes
	Checkpoint string  `json:"checkpoint,omitempty"` // of its end

	filter   Filter
	actions  []ui.Option
	services []ui.Option
}

// List shows the log to the trust's administrator.
func (l Log) List(ctx context.Context, s tenants.Scope, in Page) (Listed, error) {
	if err := in.read(s); err != nil {
		return Listed{}, err
	}
	q, err := find(ctx, s, in.Filter)
	if err != nil {
		return Listed{}, err
	}
	if in.Before != nil {
		last, err := byID(ctx, s, *in.Before)
		if err != nil {
			return Listed{}, err
		}
		older(q, last)
	}
	var records []tenants.Record
	if err := q.Limit(pageSize+1).Scan(ctx, &records); err != nil {
		return Listed{}, err
	}
	out := Listed{filter: in.Filter, actions: l.choices(), services: servicesOf(s)}
	if len(records) > pageSize {
		records = records[:pageSize]
		out.Older = records[pageSize-1].ID.String()
	}
	if out.Entries, err = l.entries(ctx, s, records); err != nil {
		return Listed{}, err
	}
	last, err := lastSeal(ctx, s)
	if last.Number > 0 {
		out.Sealed, out.Checkpoint = last.Number, last.Checkpoint().String()
	}
	return out, err
}

// choices are the actions to filter by, in the order of their words.
func (l Log) choices() []ui.Option {
	options := []ui.Option{{Label: "Anything"}}
	words := l.Acts()
	for _, action := range slices.SortedFunc(maps.Keys(words), func(a, b string) int { return strings.Compare(words[a], words[b]) }) {
		options = append(options, ui.Option{Value: action, Label: words[action]})
	}
	return options
}

func servicesOf(s tenants.Scope) []ui.Option {
	options := []ui.Option{{Label: "The whole trust"}}
	for _, service := range s.Estate.Services {
		options = append(options, ui.Option{Value: service.Slug, Label: service.Name})
	}
	return options
}

// entries put records into words.
func (l Log) entries(ctx context.Context, s tenants.Scope, records []tenants.Record) ([]Entry, error) {
	names, err := namesIn(ctx, s, records)
	if err != nil {
		return nil, err
	}
	seals, err := numbersOf(ctx, s, records)
	if err != nil {
		return nil, err
	}
	acts := l.Acts()
	entries := make([]Entry, len(records))
	for i, r := range records {
		e := Entry{Record: r, Number: seals[r.ID].Number, hash: seals[r.ID].Hash, Words: acts[r.Action], Who: names.of(r.AccountID), About: names[r.Subject], Changes: changes(r.Before, r.After)}
		if e.Words == "" {
			e.Words = r.Action
		}
		if service, open := s.Within(r.ServiceID); open {
			e.Service = service.Service.Name
		}
		entries[i] = e
	}
	return entries, nil
}

// names are those of accounts and of members, by id.
type names map[uuid.UUID]string

func (n names) of(account uuid.UUID) string {
	switch name, known := n[account]; {
	case known:
		return name
	case account == uuid.Nil:
		return "Nobody who is signed in"
	}
	return "Somebody who is in no service"
}

func namesIn(ctx context.Context, s tenants.Scope, records []tenants.Record) (names, error) {
	var ids []uuid.UUID
	for _, r := range records {
		ids = append(ids, r.AccountID, r.Subject)
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	ids = append(slices.Compact(ids), uuid.Nil) // never an empty list
	found := names{}
	for _, service := range s.Estate.Services {
		found[service.ID] = service.Name
	}
	people, err := peopleOf(ctx, s, ids)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		found[p.ID] = p.Handle
		if _, known := found[p.AccountID]; !known {
			found[p.AccountID] = p.Handle
		}
	}
	accounts, err := administrators(ctx, s, ids)
	for _, account := range accounts {
		found[account.ID] = account.TrustRoles[0].Name()
	}
	return found, err
}

// changes lists what differs between before and after, and all of after where
// there was nothing before.
func changes(before, after string) []Change {
	was, now := flat(before), flat(after)
	var out []Change
	for _, name := range slices.Sorted(maps.Keys(merged(was, now))) {
		if was[name] != now[name] {
			out = append(out, Change{strings.ReplaceAll(name, "_", " "), was[name], now[name]})
		}
	}
	return out
}

func merged(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// flat names each value of a JSON object by its path: {"a":{"b":1}} is "a b": "1".
func flat(text string) map[string]string {
	var value any
	out := map[string]string{}
	if json.Unmarshal([]byte(text), &value) == nil { // ours, and only for show
		flatten("", value, out)
	}
	return out
}

func flatten(name string, value any, into map[string]string) {
	switch value := value.(type) {
	case nil:
	case map[string]any:
		for key, part := range value {
			flatten(strings.TrimSpace(name+" "+key), part, into)
		}
	case []any:
		parts := make([]string, len(value))
		for i, part := range value {
			parts[i] = fmt.Sprint(part)
		}
		into[name] = strings.Join(parts, ", ")
	case bool:
		into[name] = map[bool]string{true: "yes", false: "no"}[value]
	case string:
		into[name] = value
		if t, err := time.Parse(time.RFC3339Nano, value); err == nil {
			into[name] = t.In(clock.London).Format("2 January 2006, 15:04")
		}
	default:
		into[name] = fmt.Sprint(value)
	}
}
