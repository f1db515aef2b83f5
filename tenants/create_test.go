package tenants_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// field is the field that an Invalid names, else the code.
func field(err error) string {
	var failed *fault.Error
	if errors.As(err, &failed) && len(failed.Fields) > 0 {
		return failed.Fields[0].Name
	}
	if err == nil {
		return ""
	}
	return string(fault.CodeOf(err))
}

func TestCreateTrustRefuses(t *testing.T) {
	onBoth(t, func(w *world) {
		_, err := w.directory.CreateTrust(w.ctx, tenants.NewTrust{ODSCode: "RZZ", Name: "Domain", Slug: "domain", Domain: "peers.example.org"})
		w.must(err)
		for _, c := range []struct {
			in   tenants.NewTrust
			want string
		}{
			{tenants.NewTrust{ODSCode: "R", Name: "A", Slug: "a"}, "ods"},
			{tenants.NewTrust{ODSCode: "R-1X", Name: "A", Slug: "a"}, "ods"},
			{tenants.NewTrust{ODSCode: "RRRRRR", Name: "A", Slug: "a"}, "ods"},
			{tenants.NewTrust{ODSCode: "RWX", Name: " ", Slug: "a"}, "name"},
			{tenants.NewTrust{ODSCode: "RWX", Name: "A", Slug: ""}, "slug"},
			{tenants.NewTrust{ODSCode: "RWX", Name: "A", Slug: "A b"}, "slug"},
			{tenants.NewTrust{ODSCode: "RWX", Name: "A", Slug: "a.b"}, "slug"},
			{tenants.NewTrust{ODSCode: "RWX", Name: "A", Slug: "-a"}, "slug"},
			{tenants.NewTrust{ODSCode: "RWX", Name: "A", Slug: "www"}, "slug"},
			{tenants.NewTrust{ODSCode: "RWX", Name: "A", Slug: "console"}, "slug"},
			{tenants.NewTrust{ODSCode: "RWX", Name: "A", Slug: "api"}, "slug"},
			{tenants.NewTrust{ODSCode: "rx1", Name: "A", Slug: "a"}, "conflict"},
			{tenants.NewTrust{ODSCode: "RWX", Name: "A", Slug: "northmoor"}, "conflict"},
			{tenants.NewTrust{ODSCode: "RWX", Name: "A", Slug: "a", Domain: "PEERS.example.org"}, "conflict"},
			{tenants.NewTrust{ODSCode: " rwx ", Name: "A", Slug: "a"}, ""},
		} {
			if _, err := w.directory.CreateTrust(w.ctx, c.in); field(err) != c.want {
				w.Errorf("%+v: %v, not %q", c.in, err, c.want)
			}
		}
	})
}

func TestCreateServiceRefuses(t *testing.T) {
	onBoth(t, func(w *world) {
		good := tenants.NewService{Area: "carers", Name: "Kin", Slug: "kin", Accent: "#1f5a4f"}
		for want, changes := range map[string][]func(*tenants.NewService){
			"area": {func(in *tenants.NewService) { in.Area = "" }, func(in *tenants.NewService) { in.Area = "dentistry" }},
			"name": {func(in *tenants.NewService) { in.Name = " \t" }},
			"slug": {
				func(in *tenants.NewService) { in.Slug = "sign-in" }, func(in *tenants.NewService) { in.Slug = "help-now" }, func(in *tenants.NewService) { in.Slug = "Kin" },
				func(in *tenants.NewService) { in.Slug = "willow" }, // taken
			},
			"accent": {
				func(in *tenants.NewService) { in.Accent = "" }, func(in *tenants.NewService) { in.Accent = "green" },
				func(in *tenants.NewService) { in.Accent = "ffffff" }, func(in *tenants.NewService) { in.Accent = "777777" }, // 4.48 to 1
			},
			"": {func(in *tenants.NewService) { in.Accent = "767676" }, func(in *tenants.NewService) { in.Slug = "orchard" }}, // 4.54 to 1; another trust's slug
		} {
			for _, change := range changes {
				in := good
				change(&in)
				err := w.directory.WriteAs(w.ctx, w.north.ID, "", func(ctx context.Context, s tenants.Scope) error {
					_, err := tenants.CreateService(ctx, s, in)
					return err
				})
				if field(err) != want {
					w.Errorf("%+v: %v, not %q", in, err, want)
				}
			}
		}
	})
}

func TestNewServiceIsThereAtOnce(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.signedIn("hazel@example.org")
		before, err := w.enter(request(token, page, "service", "willow"))
		w.must(err)
		w.service(w.north, "kin")
		after, err := w.enter(request(token, page, "service", "willow"))
		w.must(err)
		if before.Estate.Service("kin") != nil || after.Estate.Service("kin") == nil || !after.Estate.Service("kin").Open("walls") || after.Estate.Service("kin").Open("forums") {
			w.Error("the new service is not as it was made")
		}
	})
}

func TestEmailAndHandleAreTakenOnce(t *testing.T) {
	onBoth(t, func(w *world) {
		add := func(trust tenants.Trust, service, email, handle string, role tenants.Role) error {
			return w.directory.WriteAs(w.ctx, trust.ID, service, func(ctx context.Context, s tenants.Scope) error {
				account, err := tenants.CreateAccount(ctx, s, w.keys, tenants.NewAccount{Email: email, PasswordHash: passwordHash})
				if err != nil {
					return err
				}
				_, err = tenants.Join(ctx, s, account.ID, tenants.NewPerson{Handle: handle, Roles: tenants.Roles{role}, JoinedAt: s.Now})
				return err
			})
		}
		for i, c := range []struct {
			trust                        tenants.Trust
			service, email, handle, want string
			role                         tenants.Role
		}{
			{w.north, "willow", "HAZEL@example.org", "Other", "email", tenants.ServiceUser},
			{w.north, "willow", "other@example.org", "hazel", "handle", tenants.ServiceUser},
			{w.north, "willow", "other@example.org", "<b>", "handle", tenants.ServiceUser},
			{w.north, "willow", "other@example.org", "", "handle", tenants.ServiceUser},
			{w.north, "willow", "other@example.org", "Other", "role", tenants.TrustAdmin},
			{w.north, "willow", "other@example.org", "Other", "role", tenants.Member},
			{w.north, "harbour", "other@example.org", "Hazel", "", tenants.ServiceUser},
			{w.east, "orchard", "hazel@example.org", "Hazel", "", tenants.ServiceUser},
		} {
			if err := add(c.trust, c.service, c.email, c.handle, c.role); field(err) != c.want {
				w.Errorf("%d: %v, not %q", i, err, c.want)
			}
		}
	})
}

func TestEmailIsStoredSealed(t *testing.T) {
	onBoth(t, func(w *world) {
		w.read(w.north, "", func(ctx context.Context, s tenants.Scope) error {
			var account tenants.Account
			if err := s.Select(&account).Where("id = ?", w.hazel.AccountID).Scan(ctx); err != nil {
				return err
			}
			if email, err := w.keys.Open(account.EmailSealed, account.ID.String()); email != "hazel@example.org" || err != nil {
				w.Errorf("opened %q, %v", email, err)
			}
			if strings.Contains(account.EmailSealed+account.EmailLookup, "hazel") {
				w.Error("the email is readable")
			}
			return nil
		})
	})
}
