// Package tenants knows who may be where: trusts and their services, accounts
// and members, sign-in, policy, and Scope, the only door to a tenant's rows.
package tenants

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/words"
	"github.com/sharon-nhs/sharon/tenants/areas"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Trust is an NHS organisation: the tenant, the data controller, the boundary.
type Trust struct {
	bun.BaseModel `bun:"table:trusts,alias:trust"`

	ID            uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	ODSCode       string    `bun:"ods_code" json:"ods_code"`
	Name          string    `bun:"name" json:"name"`
	Slug          string    `bun:"slug" json:"slug"`
	Domain        *string   `bun:"domain" json:"domain"`
	Status        string    `bun:"status" json:"status"`
	ConfigVersion int64     `bun:"config_version" json:"-"`
	AppName       string    `bun:"app_name" json:"-"`   // empty for the usual one
	AppColour     string    `bun:"app_colour" json:"-"` // six hexadecimal digits, or empty
	CreatedAt     time.Time `bun:"created_at" json:"created_at"`
}

// Address is where the trust's people go, by the platform's own address.
func (t Trust) Address(baseURL string) string {
	scheme, host, _ := strings.Cut(baseURL, "://")
	if t.Domain != nil {
		return scheme + "://" + *t.Domain
	}
	return scheme + "://" + t.Slug + "." + host
}

// InTrust makes a row a tenant's own. Every such row embeds it or InService.
type InTrust struct {
	TenantID uuid.UUID `bun:"tenant_id,pk,type:uuid" json:"-"`
}

func (r *InTrust) own(s Scope) { r.TenantID = s.Estate.Trust.ID }

// InService makes a row belong to one service of a tenant.
type InService struct {
	TenantID  uuid.UUID `bun:"tenant_id,pk,type:uuid" json:"-"`
	ServiceID uuid.UUID `bun:"service_id,type:uuid" json:"-"`
}

func (r *InService) own(s Scope) { r.TenantID, r.ServiceID = s.Estate.Trust.ID, s.serviceID() }

// Service is one community inside a trust, with its own rooms, team and rules.
type Service struct {
	bun.BaseModel `bun:"table:services,alias:service"`
	InTrust

	ID      uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	Area    Area      `bun:"area" json:"area"`
	Name    string    `bun:"name" json:"name"`
	Slug    string    `bun:"slug" json:"slug"`
	About   string    `bun:"about" json:"about"`
	Accent  string    `bun:"accent" json:"accent"`
	Status  string    `bun:"status" json:"status"`
	Staffed []Hours   `bun:"staffed,type:jsonb" json:"staffed"`
	Roster  *Roster   `bun:"roster,type:jsonb,nullzero" json:"-"` // by the rota, which takes the place of Staffed; nil without one
	Crisis  []Contact `bun:"crisis,type:jsonb" json:"crisis"`
	// ReachVersion grows with each change of Staffed or Crisis.
	ReachVersion int       `bun:"reach_version" json:"-"`
	CreatedAt    time.Time `bun:"created_at" json:"created_at"`

	Words words.Tag `bun:"words" json:"words"` // how the interface is put to whoever chose nothing

	// What whoever joins says yes to and is welcomed with (Markdown, and as Easy
	// Read), and how many days an invitation lasts. The version grows with each
	// change of these.
	HouseRules     string `bun:"house_rules" json:"-"`
	HouseRulesEasy string `bun:"house_rules_easy" json:"-"`
	Welcome        string `bun:"welcome" json:"-"`
	WelcomeEasy    string `bun:"welcome_easy" json:"-"`
	InvitationDays int    `bun:"invitation_days" json:"-"`
	JoiningVersion int    `bun:"joining_version" json:"-"`

	rooms  map[string]Room
	topics []Topic
	wing   *Wing
}

// Contact is somebody to turn to in a crisis.
type Contact struct {
	Name  string `json:"name" yaml:"name"`
	Phone string `json:"phone,omitempty" yaml:"phone"`
	Text  string `json:"text,omitempty" yaml:"text"`
	Word  string `json:"word,omitempty" yaml:"word"` // what to text
	Hours string `json:"hours" yaml:"hours"`
}

// Room is a module as one service has it.
type Room struct {
	bun.BaseModel `bun:"table:service_modules,alias:room"`
	InService

	Module   string          `bun:"module,pk" json:"module"`
	Enabled  bool            `bun:"enabled" json:"enabled"`
	Settings json.RawMessage `bun:"settings,type:jsonb" json:"settings"`
	Version  int             `bun:"version" json:"version"`
}

// Room returns the service's own row of a module; false if it never had one.
func (s *Service) Room(module string) (Room, bool) {
	room, ok := s.rooms[module]
	return room, ok
}

// Open tells whether members can enter the room.
func (s *Service) Open(module string) bool { return s.rooms[module].Enabled }

// Estate is a trust with all that seldom changes: services, rooms, policy. It
// is read once, shared by all requests and never written; a change makes the
// next version.
type Estate struct {
	Trust    Trust
	Services []*Service
	Policy   *policy.Enforcer
	known    sync.Map // what the rooms keep of the services, see Known
}

// Service finds an open service by its slug; nil if there is none.
func (e *Estate) Service(slug string) *Service {
	at := slices.IndexFunc(e.Services, func(s *Service) bool { return s.Slug == slug })
	if at < 0 {
		return nil
	}
	return e.Services[at]
}

// Area is the kind of service; it decides the preset.
type Area string

// preset is what a service of the area begins with; nothing if there is no such area.
func (a Area) preset() areas.Area {
	preset, _ := areas.Of(string(a))
	return preset
}

// Name is the area in words.
func (a Area) Name() string { return cmp.Or(a.preset().Name, string(a)) }
