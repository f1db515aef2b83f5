package tenants_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// wing makes one of willow's.
func (w *world) wing(in tenants.NewWing) error {
	w.Helper()
	return w.directory.WriteAs(w.ctx, w.north.ID, "willow", func(ctx context.Context, s tenants.Scope) error {
		_, err := tenants.CreateWing(ctx, s, in)
		return err
	})
}

// family gives willow a band of 14 to 17, one of 18 to 25 and a wing for carers.
func (w *world) family() {
	w.Helper()
	w.must(w.wing(tenants.NewWing{Kind: tenants.BandWing, From: 18, To: 25, Name: "Older", Slug: "older"}))
	w.must(w.wing(tenants.NewWing{Kind: tenants.BandWing, From: 14, To: 17, Name: "Younger", Slug: "younger"}))
	w.must(w.wing(tenants.NewWing{Kind: tenants.CarersWing, Name: "Carers", Slug: "carers"}))
}

// joinAs is join for somebody whose date of birth is known; it may fail.
func (w *world) joinAs(service, email, handle, born string, role tenants.Role) (person tenants.Person, err error) {
	w.Helper()
	err = w.directory.WriteAs(w.ctx, w.north.ID, service, func(ctx context.Context, s tenants.Scope) error {
		account, err := tenants.CreateAccount(ctx, s, w.keys, tenants.NewAccount{Email: email, PasswordHash: passwordHash})
		if err != nil {
			return err
		}
		person, err = tenants.Join(ctx, s, account.ID, tenants.NewPerson{Handle: handle, Roles: tenants.Roles{role}, JoinedAt: s.Now, BornOn: clock.Date(born)})
		return err
	})
	return person, err
}

// Today is 20 November 2026.
func TestWhereSomebodyHasTheirPlace(t *testing.T) {
	onBoth(t, func(w *world) {
		w.family()
		w.read(w.north, "willow", func(_ context.Context, s tenants.Scope) error {
			for _, c := range []struct {
				near string
				role tenants.Role
				born clock.Date
				want string
			}{
				{"willow", tenants.ServiceUser, "2008-11-21", "younger"}, {"willow", tenants.ServiceUser, "2008-11-20", "older"}, {"older", tenants.ServiceUser, "2012-11-20", "younger"},
				{"willow", tenants.ServiceUser, "2012-11-21", "born_on"}, {"willow", tenants.ServiceUser, "2000-11-20", "born_on"}, {"willow", tenants.ServiceUser, "2000-11-21", "older"},
				{"younger", tenants.ServiceUser, "", "born_on"}, {"carers", tenants.ServiceUser, "2010-01-01", "younger"},
				{"willow", tenants.Carer, "", "carers"}, {"younger", tenants.Carer, "2010-01-01", "carers"}, {"carers", tenants.PeerSupporter, "", "carers"}, {"willow", tenants.PeerSupporter, "2010-01-01", "younger"},
				{"younger", tenants.Moderator, "", "willow"}, {"carers", tenants.ServiceLead, "", "willow"},
				{"harbour", tenants.ServiceUser, "", "harbour"}, {"harbour", tenants.Carer, "", "role"}, {"harbour", tenants.Clinician, "", "harbour"},
			} {
				place, err := s.Estate.Place(s.Estate.Service(c.near), c.role, c.born, clock.DateOf(s.Now))
				got := field(err)
				if err == nil {
					got = place.Slug
				}
				if got != c.want {
					w.Errorf("%s born on %q, asked for %s: %s, not %s", c.role, c.born, c.near, got, c.want)
				}
				if fits := s.Estate.Fits(s.Estate.Service(c.near), c.role, c.born, clock.DateOf(s.Now)); (fits == nil) != (c.near == c.want) {
					w.Errorf("%s born on %q in %s: %v", c.role, c.born, c.near, fits)
				}
			}
			var order []string
			for _, one := range s.Estate.Family(s.Estate.Service("carers")) {
				order = append(order, one.Slug)
			}
			if !slices.Equal(order, []string{"willow", "younger", "older", "carers"}) || s.Estate.Family(s.Estate.Service("harbour")) != nil {
				w.Errorf("the family is %q", order)
			}
			return nil
		})
	})
}

// Whoever lets somebody in, no service takes those whom it is not for.
func TestAServiceTakesNobodyWhomItIsNotFor(t *testing.T) {
	onBoth(t, func(w *world) {
		w.family()
		for _, c := range []struct {
			service, born string
			role          tenants.Role
			want          string
		}{
			{"willow", "", tenants.Carer, "role"}, {"harbour", "", tenants.Carer, "role"}, {"younger", "2010-01-01", tenants.Carer, "role"},
			{"carers", "", tenants.ServiceUser, "role"}, {"carers", "", tenants.Waiting, "role"}, {"carers", "", tenants.Carer, ""},
			{"younger", "", tenants.ServiceUser, "born_on"}, {"younger", "2008-11-20", tenants.ServiceUser, "born_on"}, {"younger", "2008-11-21", tenants.ServiceUser, ""},
			{"younger", "", tenants.Moderator, "role"}, {"carers", "", tenants.Clinician, "role"},
		} {
			if _, err := w.joinAs(c.service, uuid.NewString()+"@example.org", "Guest "+uuid.NewString()[:8], c.born, c.role); field(err) != c.want {
				w.Errorf("a %s born on %q in %s: %v, not %q", c.role, c.born, c.service, err, c.want)
			}
		}
		// Nor does a move lead round it.
		member := w.join(w.north, "harbour", "ash@example.org", "Ash", tenants.ServiceUser)
		for service, want := range map[string]string{"carers": "role", "younger": "born_on"} {
			w.write(w.north, "harbour", func(ctx context.Context, s tenants.Scope) error {
				to, _ := s.Within(s.Estate.Service(service).ID)
				if _, err := tenants.Move(ctx, s, member, to, tenants.ServiceUser, ""); field(err) != want {
					w.Errorf("a move to %s: %v", service, err)
				}
				return nil
			})
		}
	})
}

func TestTheTeamOfAServiceIsThatOfItsWings(t *testing.T) {
	onBoth(t, func(w *world) {
		mo := w.join(w.north, "willow", "mo@example.org", "Mo", tenants.Moderator)
		w.family()
		rolesIn := func(service string, of tenants.Person) (roles string) {
			w.read(w.north, service, func(ctx context.Context, s tenants.Scope) error {
				var there []tenants.Person
				err := s.Select(&there).Where("account_id = ?", of.AccountID).Where("status = 'active'").Scan(ctx)
				for _, one := range there {
					for _, role := range one.Roles {
						roles += one.Handle + " " + string(role) + " "
					}
				}
				return err
			})
			return roles
		}
		wants := func(what, want string, of tenants.Person) {
			for _, service := range []string{"younger", "older", "carers"} {
				if got := rolesIn(service, of); got != want {
					w.Errorf("%s, in %s: %q, not %q", what, service, got, want)
				}
			}
		}
		wants("of the team before there were wings", "Mo moderator ", mo)
		wants("a service user", "", w.hazel)
		jo := w.join(w.north, "willow", "jo@example.org", "Jo", tenants.Clinician, tenants.ServiceLead)
		wants("who joins the team", "Jo clinician Jo service_lead ", jo)
		wants("a peer supporter", "", w.join(w.north, "willow", "pim@example.org", "Pim", tenants.PeerSupporter))

		// A name that a wing's member has is that member's.
		if _, err := w.joinAs("younger", "taken@example.org", "Sam", "2010-01-01", tenants.ServiceUser); err != nil {
			w.Fatal(err)
		}
		sam := w.join(w.north, "willow", "sam@example.org", "Sam", tenants.Moderator)
		if got := rolesIn("younger", sam); got == "" || got == "Sam moderator " {
			w.Errorf("a name that is taken: %q", got)
		}

		// A carer who joins the team is both, and only a carer afterwards. They and whom
		// they care for are near to each other, wherever either is.
		alder, err := w.joinAs("carers", "alder@example.org", "Alder", "", tenants.Carer)
		w.must(err)
		set := func(account uuid.UUID, roles, status string) {
			w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
				_, err := s.Update((*tenants.Person)(nil)).Set("roles = ?", roles).Set("status = ?", status).Where("account_id = ?", account).Exec(ctx)
				if err != nil {
					return err
				}
				return tenants.ShareTeam(ctx, s)
			})
		}
		w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
			_, err := tenants.Join(ctx, s, alder.AccountID, tenants.NewPerson{Handle: "Alder", Roles: tenants.Roles{tenants.Moderator}, JoinedAt: s.Now})
			return err
		})
		if got := rolesIn("carers", alder); got != "Alder carer Alder moderator " {
			w.Errorf("a carer of the team: %q", got)
		}
		teen, err := w.joinAs("younger", "teen@example.org", "Teen", "2010-01-01", tenants.ServiceUser)
		w.must(err)
		w.write(w.north, "younger", func(ctx context.Context, s tenants.Scope) error {
			added, err := s.AddKin(ctx, tenants.Kin{CarerID: alder.AccountID, PersonID: teen.AccountID, NotedBy: jo.AccountID, NotedAt: s.Now})
			if err != nil || !added {
				return fault.New(fault.Conflict, "not added")
			}
			near, err := s.KinHere(ctx, teen.ID)
			if len(near) != 1 || near[0] == teen.ID {
				w.Errorf("near to whom they care for: %v", near)
			}
			return err
		})
		set(alder.AccountID, "moderator", "left")
		if got := rolesIn("carers", alder); got != "Alder carer " {
			w.Errorf("a carer who left the team: %q", got)
		}
		if got := rolesIn("younger", alder); got != "" {
			w.Errorf("who left the team is in a band: %q", got)
		}
		set(jo.AccountID, "moderator", "active")
		wants("who has another role", "Jo moderator ", jo)
		set(mo.AccountID, "moderator", "left")
		wants("who left", "", mo)
		set(mo.AccountID, "clinician", "active")
		wants("who is back", "Mo clinician ", mo)
	})
}

func TestAWingIsRefusedThatCannotBe(t *testing.T) {
	onBoth(t, func(w *world) {
		w.family()
		good := tenants.NewWing{Kind: tenants.BandWing, From: 11, To: 13, Name: "Youngest", Slug: "youngest"}
		for _, c := range []struct {
			change func(in *tenants.NewWing)
			want   string
		}{
			{func(in *tenants.NewWing) { in.To = 14 }, "from_age"}, {func(in *tenants.NewWing) { in.From, in.To = 25, 30 }, "from_age"}, {func(in *tenants.NewWing) { in.From, in.To = 13, 11 }, "from_age"},
			{func(in *tenants.NewWing) { in.From = 0 }, "from_age"}, {func(in *tenants.NewWing) { in.To = 121 }, "from_age"}, {func(in *tenants.NewWing) { in.Kind = tenants.CarersWing }, "kind"},
			{func(in *tenants.NewWing) { in.Name = " " }, "name"}, {func(in *tenants.NewWing) { in.Slug = "willow" }, "slug"}, {func(in *tenants.NewWing) { in.From, in.To = 26, 26 }, ""},
		} {
			in := good
			if c.change(&in); field(w.wing(in)) != c.want {
				w.Errorf("%+v: not %q", in, c.want)
			}
			good.Slug += "x" // what was made has the address
		}
		for _, service := range []string{"younger", "carers"} {
			err := w.directory.WriteAs(w.ctx, w.north.ID, service, func(ctx context.Context, s tenants.Scope) error {
				_, err := tenants.CreateWing(ctx, s, tenants.NewWing{Kind: tenants.BandWing, From: 30, To: 40, Name: "Wing", Slug: "wing"})
				return err
			})
			if !fault.Is(err, fault.Conflict) {
				w.Errorf("a wing of %s: %v", service, err)
			}
		}
	})
}
