package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

type trustCmd struct {
	Create  trustCreate   `cmd:"" help:"Make a trust."`
	Service serviceCreate `cmd:"" help:"Make a service of a trust."`
	Export  trustExport   `cmd:"" help:"Write the exit kit of a trust: all its data, for its own key alone."`
	Check   trustCheck    `cmd:"" help:"Check an exit kit by restoring it into a database that is thrown away."`
	Restore trustRestore  `cmd:"" help:"Put the trust of an exit kit into this SHaRON."`
}

type trustCreate struct {
	config
	BaseURL string `help:"As for web." default:"http://localhost:8080" placeholder:"URL"`
	ODS     string `name:"ods" help:"The organisation's ODS code, such as RWX." required:""`
	Name    string `help:"Its name, as people know it." required:""`
	Slug    string `help:"Its part of the address: northmoor in northmoor.sharon.example." required:""`
	Domain  string `help:"A host name of its own, such as peers.northmoor.nhs.uk."`
}

func (cmd trustCreate) Run(ctx context.Context) error {
	a, err := cmd.open(ctx, cmd.BaseURL)
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	trust, err := a.Directory.CreateTrust(ctx, tenants.NewTrust{ODSCode: cmd.ODS, Name: cmd.Name, Slug: cmd.Slug, Domain: cmd.Domain})
	if err != nil {
		return err
	}
	fmt.Printf("Made %s. Next, its administrator:\n  sharon staff create --trust %s --role trust_admin --email you@trust.example\n", trust.Name, trust.Slug)
	return nil
}

type serviceCreate struct {
	config
	Trust   string   `help:"The trust's part of the address." required:""`
	Area    string   `help:"eating_disorders, perinatal, children_young_people, learning_disabilities, early_intervention, carers or waiting_list." required:""`
	Name    string   `help:"Its name, as members know it." required:""`
	Slug    string   `help:"Its part of the address." required:""`
	About   string   `help:"The line below the name."`
	Accent  string   `help:"Its colour, six hexadecimal digits that can be read on white." default:"005eb8"`
	Modules []string `help:"Rooms to begin with; those that suit the area if left out."`
	Days    []string `help:"Days on which its team is there: mon to sun." default:"mon,tue,wed,thu,fri"`
	From    string   `help:"From when the team is there." default:"09:00"`
	To      string   `help:"Until when; a time before --from is of the next morning." default:"17:00"`
	Crisis  []string `help:"Whom to call in a crisis, as Name=number; may be given several times." placeholder:"NAME=NUMBER"`
}

func (cmd serviceCreate) Run(ctx context.Context) error {
	a, err := cmd.open(ctx, "http://localhost:8080")
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	trust, err := a.trust(ctx, cmd.Trust)
	if err != nil {
		return err
	}
	in, err := cmd.service(a.Rooms)
	if err != nil {
		return err
	}
	return a.Directory.WriteAs(ctx, trust.ID, "", func(ctx context.Context, s tenants.Scope) error {
		service, err := tenants.CreateService(ctx, s, in)
		if err == nil {
			fmt.Printf("Made %s of %s.\n", service.Name, trust.Name)
		}
		return err
	})
}

func (cmd serviceCreate) service(rooms []modules.Module) (tenants.NewService, error) {
	if len(cmd.Modules) == 0 {
		preset, _ := areas.Of(cmd.Area)
		cmd.Modules = preset.Rooms
	}
	in := tenants.NewService{Area: tenants.Area(cmd.Area), Name: cmd.Name, Slug: cmd.Slug, About: cmd.About, Accent: cmd.Accent,
		Modules: cmd.Modules, Staffed: []tenants.Hours{{Days: cmd.Days, From: cmd.From, To: cmd.To}}}
	for _, key := range cmd.Modules {
		if !slices.ContainsFunc(rooms, func(m modules.Module) bool { return m.Key == key && !m.Always }) {
			return in, fault.Bad("modules", fmt.Sprintf("There is no room %q to switch on.", key))
		}
	}
	for _, contact := range cmd.Crisis {
		name, phone, ok := strings.Cut(contact, "=")
		if !ok {
			return in, fault.Bad("crisis", "Write a name and a number, such as \"Northmoor crisis line=03069 990111\".")
		}
		in.Crisis = append(in.Crisis, tenants.Contact{Name: name, Phone: phone, Hours: "Your service’s own line"})
	}
	return in, nil
}

type staffCmd struct {
	Create   staffCreate   `cmd:"" help:"Make an account for a member of staff; asks for the password on standard input."`
	Change   staffChange   `cmd:"" help:"Close the account of platform staff, open it again, forget its second step or give it another role. The console can, too."`
	Password staffPassword `cmd:"" help:"Give platform staff another password; asks for it on standard input."`
}

// roster makes and changes accounts of platform staff.
func (a *app) roster() admin.Roster { return admin.Roster{DB: a.DB, Keys: a.Keys, Clock: a.Clock} }

// onRoster is for what ends with one change of an account.
func (c config) onRoster(ctx context.Context, email string, do func(admin.Roster) error) error {
	a, err := c.open(ctx, "http://localhost:8080")
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	err = do(a.roster())
	switch {
	case fault.Is(err, fault.NotFound):
		return fault.Bad("email", "Nobody signs in to the console with this email address.")
	case err == nil:
		fmt.Printf("Done. %s has been signed out everywhere.\n", email)
	}
	return err
}

type staffChange struct {
	config
	Email  string `help:"What they sign in with." required:""`
	Act    string `help:"close, open, forget-step (their second step), or the role they shall have: platform_admin, onboarding_manager or finance." required:""`
	Reason string `help:"Why; colleagues can read it." required:""`
}

func (cmd staffChange) Run(ctx context.Context) error {
	if !slices.Contains(admin.StaffActs(), cmd.Act) {
		return fault.Bad("act", "There is: "+strings.Join(admin.StaffActs(), ", ")+".")
	}
	return cmd.onRoster(ctx, cmd.Email, func(r admin.Roster) error { return r.Change(ctx, cmd.Email, cmd.Act, cmd.Reason) })
}

type staffPassword struct {
	config
	Email string `help:"What they sign in with." required:""`
}

func (cmd staffPassword) Run(ctx context.Context) error {
	hash, err := passwordHash(ctx)
	if err != nil {
		return err
	}
	return cmd.onRoster(ctx, cmd.Email, func(r admin.Roster) error { return r.SetPassword(ctx, cmd.Email, hash) })
}

type staffCreate struct {
	config
	Trust   string `help:"The trust's part of the address. Leave it out for those who run SHaRON itself."`
	Service string `help:"The service's part of the address; not for a trust administrator."`
	Role    string `help:"In a service: service_lead, clinician, moderator or peer_supporter. In a trust: trust_admin. On the platform, without --trust: platform_admin, onboarding_manager or finance." enum:"trust_admin,service_lead,clinician,moderator,peer_supporter,platform_admin,onboarding_manager,finance" required:""`
	Email   string `help:"What they sign in with." required:""`
	Handle  string `help:"The name that members see; needed with a service."`
	Name    string `help:"Their name, which colleagues on the platform see; needed without a trust."`
}

// Help shows the three kinds.
func (staffCreate) Help() string {
	return "Somebody of a service:\n\n  sharon staff create --trust northmoor --service willow --role clinician --email … --handle Amira\n\n" +
		"Who runs a trust:\n\n  sharon staff create --trust northmoor --role trust_admin --email …\n\n" +
		"Who runs SHaRON, and signs in at console.<your address>:\n\n  sharon staff create --role platform_admin --email … --name \"Priya Nair\""
}

// check tells which part does not fit the others.
func (cmd staffCreate) check() error {
	platform := slices.Contains(tenants.PlatformRoles, tenants.Role(cmd.Role))
	switch {
	case platform && (cmd.Trust != "" || cmd.Service != "" || cmd.Handle != ""):
		return fault.Bad("role", cmd.Role+" is a role of the platform, which is in no trust: leave out --trust, --service and --handle.")
	case platform && cmd.Name == "":
		return fault.Bad("name", "Say their name: --name \"Priya Nair\".")
	case platform:
		return nil
	case cmd.Trust == "":
		return fault.Bad("trust", cmd.Role+" is a role in a trust: say which, with --trust. (The roles without a trust are platform_admin, onboarding_manager and finance.)")
	case cmd.Name != "":
		return fault.Bad("name", "Only platform staff have a name here. What members see is --handle.")
	case (cmd.Role == string(tenants.TrustAdmin)) != (cmd.Service == ""):
		return fault.Bad("service", "Name a service for every role but trust_admin, which has none.")
	case cmd.Service != "" && cmd.Handle == "":
		return fault.Bad("handle", "Say the name that members will see.")
	}
	return nil
}

func (cmd staffCreate) Run(ctx context.Context) error {
	if err := cmd.check(); err != nil {
		return err
	}
	a, err := cmd.open(ctx, "http://localhost:8080")
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	var trust tenants.Trust
	if cmd.Trust != "" {
		if trust, err = a.trust(ctx, cmd.Trust); err != nil {
			return err
		}
	}
	hash, err := passwordHash(ctx)
	if err != nil {
		return err
	}
	if cmd.Trust == "" {
		err = a.roster().Add(ctx, admin.NewStaff{Email: cmd.Email, Name: cmd.Name, Role: tenants.Role(cmd.Role), PasswordHash: hash})
	} else {
		err = a.Directory.WriteAs(ctx, trust.ID, cmd.Service, func(ctx context.Context, s tenants.Scope) error {
			return cmd.create(ctx, s, a.Keys, hash)
		})
	}
	if err == nil {
		fmt.Printf("%s can sign in now.\n", cmd.Email)
	}
	return err
}

func (cmd staffCreate) create(ctx context.Context, s tenants.Scope, keys crypt.Keys, hash string) error {
	in := tenants.NewAccount{Email: cmd.Email, PasswordHash: hash}
	if cmd.Service == "" {
		in.TrustRoles = tenants.Roles{tenants.TrustAdmin}
	}
	account, err := tenants.CreateAccount(ctx, s, keys, in)
	if err != nil {
		return err
	}
	if cmd.Service != "" {
		_, err = tenants.Join(ctx, s, account.ID, tenants.NewPerson{Handle: cmd.Handle, Avatar: 1, Roles: tenants.Roles{tenants.Role(cmd.Role)}, JoinedAt: s.Now})
	}
	return err
}

// passwordHash asks for a password and hashes it.
func passwordHash(ctx context.Context) (string, error) {
	password, err := askPassword()
	if err != nil {
		return "", err
	}
	return crypt.HashPassword(ctx, password)
}

func askPassword() (string, error) {
	fmt.Fprint(os.Stderr, "New password: ")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	password := strings.TrimRight(line, "\r\n")
	if password == "" && err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return password, tenants.CheckPassword(password)
}

// open is for commands that change one thing and end.
func (c config) open(ctx context.Context, baseURL string) (*app, error) {
	if err := migrated(ctx, c, c.alone()); err != nil {
		return nil, err
	}
	keys, err := c.keys(c.alone())
	if err != nil {
		return nil, err
	}
	return open(c, webConfig{BaseURL: baseURL}, keys, clock.Real{})
}

func (a *app) trust(ctx context.Context, slug string) (tenants.Trust, error) {
	trusts, err := a.Directory.Trusts(ctx)
	if err != nil {
		return tenants.Trust{}, err
	}
	for _, trust := range trusts {
		if trust.Slug == slug {
			return trust, nil
		}
	}
	return tenants.Trust{ID: uuid.Nil}, fault.Bad("trust", "There is no trust with this address. `sharon trust create` makes one.")
}
