package tenants

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui/colour"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// NewTrust is what a trust needs to begin.
type NewTrust struct {
	ODSCode, Name, Slug string
	Domain              string // its own host name; empty for slug.<base>
	By                  By     // zero for an operator at the command line
}

// odsCode is the form of an organisation code: three to five capitals and digits.
// Source: digital.nhs.uk/services/organisation-data-service.
var odsCode = regexp.MustCompile(`^[A-Z0-9]{3,5}$`)

var hostName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`)

// reservedHosts are names in front of the base host that no trust can have: the
// console's, and those that people and mail servers take to be the platform's own.
var reservedHosts = []string{"admin", "api", "app", "assets", "autoconfig", "autodiscover", "cdn", "console", "docs", "help", "mail", "ns1", "ns2", "sharon", "smtp", "static", "status", "support", "www"}

// CreateTrust makes a trust. Invalid says which part to mend; Conflict if code,
// slug or domain is taken.
func (d *Directory) CreateTrust(ctx context.Context, in NewTrust) (Trust, error) {
	trust := Trust{ID: newID(), ODSCode: strings.ToUpper(strings.TrimSpace(in.ODSCode)), Name: strings.TrimSpace(in.Name), Slug: in.Slug, Status: Active, ConfigVersion: 1, CreatedAt: d.Clock.Now()}
	switch {
	case !odsCode.MatchString(trust.ODSCode):
		return Trust{}, fault.Bad("ods", "An ODS code has three to five letters and digits, such as RWX.")
	case trust.Name == "" || len([]rune(trust.Name)) > 200:
		return Trust{}, fault.Bad("name", "Enter the trust’s name, in 200 characters or fewer.")
	case !web.IsSlug(trust.Slug):
		return Trust{}, fault.Bad("slug", "Use only a to z, numbers and single hyphens for the address.")
	case slices.Contains(reservedHosts, trust.Slug):
		return Trust{}, fault.Bad("slug", "SHaRON needs this address itself. Choose another, such as the trust’s short name.")
	}
	if in.Domain != "" {
		domain := strings.ToLower(strings.TrimSpace(in.Domain))
		if !hostName.MatchString(domain) || domain == d.BaseHost || strings.HasSuffix(domain, "."+d.BaseHost) {
			return Trust{}, fault.Bad("domain", "Write a host name of the trust's own, such as peers.northmoor.nhs.uk.")
		}
		trust.Domain = &domain
	}
	err := d.write(ctx, trust.ID, func(ctx context.Context, u *unit) error {
		if _, err := u.db.NewInsert().Model(&trust).Exec(ctx); err != nil {
			return err
		}
		return d.as(trust.ID, "", func(ctx context.Context, s Scope) error {
			if err := s.Audit(ctx, "trust.create", Audited{Subject: trust.ID, After: made{trust, in.By.Name}}); err != nil {
				return err
			}
			return s.Deed(ctx, in.By, "trust.create", "")
		})(ctx, u)
	})
	if database.Taken(err) {
		return Trust{}, fault.New(fault.Conflict, "There is a trust with this ODS code, address or domain already.")
	}
	return trust, err
}

// made is a new trust, and who of the platform made it.
type made struct {
	Trust
	By string `json:"by,omitempty"`
}

// NewService is what a service needs to begin.
type NewService struct {
	Area                      Area
	Name, Slug, About, Accent string
	Staffed                   []Hours
	Crisis                    []Contact
	Modules                   []string // rooms that are on
	// Bare says that whoever makes it fills it: it has no boards yet, and everything
	// is set as it usually is.
	Bare bool `json:",omitempty"`
	By   By   `json:"-"` // zero for an operator at the command line
	// Wings are those of its area, by key, that are made with it.
	Wings []string `json:",omitempty"`

	wing *Wing // that it is; nil for none
}

// reserved are first parts of addresses that a service cannot have.
var reserved = []string{"account", "administrator", "assets", "calendar", "dev", "go", "healthz", "help-now", "invitation", "onboarding", "openapi", "password", "readyz", "reading", "settings", "sign-in", "sign-out", "trust", "unsubscribe", "shared", "share-to-journal", "offline"}

// CreateService makes a service of the scope's trust.
func CreateService(ctx context.Context, s Scope, in NewService) (*Service, error) {
	accent, err := colour.Parse(in.Accent)
	switch {
	case in.Area.Name() == string(in.Area):
		return nil, fault.Bad("area", "Choose one of the service areas.")
	case strings.TrimSpace(in.Name) == "":
		return nil, fault.Bad("name", "Enter the service’s name.")
	case !web.IsSlug(in.Slug) || slices.Contains(reserved, in.Slug):
		return nil, fault.Bad("slug", "Use only a to z, numbers and single hyphens for the address, and not a word that SHaRON needs itself.")
	case err != nil || !accent.ReadableOnWhite():
		return nil, fault.Bad("accent", "Choose a colour that can be read on white (a contrast of 4.5 to 1), as six hexadecimal digits.")
	}
	for _, hours := range in.Staffed {
		if err := hours.check(); err != nil {
			return nil, err
		}
	}
	preset := in.preset()
	service := &Service{ID: newID(), Area: in.Area, Name: in.Name, Slug: in.Slug, About: in.About, Accent: strings.TrimPrefix(in.Accent, "#"), Status: "active", Staffed: in.Staffed, Crisis: in.Crisis,
		HouseRules: houseRules(preset), HouseRulesEasy: houseRulesEasy(preset), Welcome: preset.Welcome, WelcomeEasy: preset.Easy.Welcome, Words: preset.Words,
		InvitationDays: usualDays, JoiningVersion: 1, ReachVersion: 1, CreatedAt: s.Now}
	if _, err := s.Insert(service).Exec(ctx); database.Taken(err) {
		return nil, fault.Bad("slug", "The trust has a service with this address already.")
	} else if err != nil {
		return nil, err
	}
	s.Service = service
	if in.wing != nil {
		service.wing = in.wing
		if _, err := s.Insert(in.wing).Exec(ctx); err != nil {
			return nil, err
		}
	}
	if in.Bare {
		preset.Settings, preset.Boards, preset.Waits = nil, nil, areas.Waits{}
	}
	if err := addRooms(ctx, s, in.Modules, preset); err != nil {
		return nil, err
	}
	if err := addUsualTopics(ctx, s, in.Area); err != nil {
		return nil, err
	}
	for _, begin := range s.unit.dir.Begins {
		if err := begin(ctx, s, preset); err != nil {
			return nil, err
		}
	}
	if err := s.Audit(ctx, "services.create", Audited{Subject: service.ID, After: in}); err != nil {
		return nil, err
	}
	if err := s.Deed(ctx, in.By, "services.create", ""); err != nil {
		return nil, err
	}
	for _, key := range in.Wings {
		if _, err := makeOffered(ctx, s, key); err != nil {
			return nil, err
		}
	}
	return service, s.Changed(ctx)
}

// preset is what the service begins with.
func (in NewService) preset() areas.Area {
	if in.wing == nil {
		return in.Area.preset()
	}
	return in.Area.preset().Wing(in.wing.Preset)
}

// addRooms writes a new service's rooms: those that are on, and those that are set
// otherwise than usual, on or off.
func addRooms(ctx context.Context, s Scope, on []string, preset areas.Area) error {
	keys := slices.Concat(on, slices.Collect(maps.Keys(preset.Settings)))
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		room := Room{Module: key, Enabled: slices.Contains(on, key), Version: 1, Settings: preset.SettingsOf(key)}
		if _, err := s.Insert(&room).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// NewAccount is a person who may sign in to the trust.
type NewAccount struct {
	Email        string
	PasswordHash string
	TrustRoles   Roles
}

// CreateAccount makes an account. Invalid if the email is taken.
func CreateAccount(ctx context.Context, s Scope, keys crypt.Keys, in NewAccount) (Account, error) {
	account := Account{ID: newID(), EmailLookup: keys.Lookup(in.Email), PasswordHash: in.PasswordHash, TrustRoles: in.TrustRoles, Status: "active", CreatedAt: s.Now}
	var err error
	if account.EmailSealed, err = keys.Seal(in.Email, account.ID.String()); err != nil {
		return Account{}, err
	}
	if _, err := s.Insert(&account).Exec(ctx); database.Taken(err) {
		return Account{}, fault.Bad("email", "Somebody of this trust signs in with this email address already.")
	} else if err != nil {
		return Account{}, err
	}
	return account, nil
}

// NewPerson is an account's place in a service.
type NewPerson struct {
	Handle, About string
	Avatar        int
	Roles         Roles
	JoinedAt      time.Time
	BornOn        clock.Date // where it is known; an age band asks for it
}

// Join makes an account a member of the scope's service. Invalid where that is for
// other people; whoever joins a team joins that of its wings.
func Join(ctx context.Context, s Scope, account uuid.UUID, in NewPerson) (Person, error) {
	for _, role := range in.Roles {
		if !slices.Contains(ServiceRoles, role) {
			return Person{}, fault.Bad("role", fmt.Sprintf("%q is not a role of a service.", role))
		}
		if err := s.Service.admits(role, in.BornOn, clock.DateOf(s.Now)); err != nil {
			return Person{}, err
		}
	}
	person, err := settle(ctx, s, account, in)
	if err == nil && in.Roles.Staff() {
		err = ShareTeam(ctx, s, account)
	}
	return person, err
}

// settle gives an account its place in the scope's service.
func settle(ctx context.Context, s Scope, account uuid.UUID, in NewPerson) (Person, error) {
	person := Person{ID: newID(), AccountID: account, Avatar: in.Avatar, About: in.About, Roles: in.Roles, Status: "active", JoinedAt: in.JoinedAt}
	person.Call(in.Handle)
	if !web.IsSlug(person.HandleKey) {
		return Person{}, badHandle()
	}
	if free, err := s.FreeHandle(ctx, in.Handle); err != nil {
		return Person{}, err
	} else if !free {
		return Person{}, takenHandle()
	}
	if _, err := s.Insert(&person).Exec(ctx); database.Taken(err) {
		return Person{}, takenHandle()
	} else if err != nil {
		return Person{}, err
	}
	return person, nil
}

// newID is a new row's id; ids grow with time, so that neighbours lie together.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
