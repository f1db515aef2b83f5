package tenants_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sharon-nhs/sharon/tenants"
)

func TestWhoReadsWhat(t *testing.T) {
	for role, want := range map[tenants.Role]string{
		tenants.ServiceUser:   "[service peers]",
		tenants.Waiting:       "[service peers]",
		tenants.PeerSupporter: "[service peers]",
		tenants.Carer:         "[service carers]",
		tenants.Moderator:     "[service peers carers friends staff]",
		tenants.ServiceLead:   "[service peers carers friends staff]",
		tenants.Clinician:     "[service peers carers friends staff clinicians]",
		tenants.TrustAdmin:    "[service]",
	} {
		if got := fmt.Sprint(tenants.Roles{role}.Audiences()); got != want {
			t.Errorf("%s reads %s, not %s", role, got, want)
		}
	}
	if got := fmt.Sprint(tenants.Roles{tenants.Carer, tenants.ServiceUser}.Audiences()); got != "[service peers carers]" {
		t.Errorf("somebody who is both reads %s", got)
	}
}

func TestBadgeIsTheHighestRole(t *testing.T) {
	for want, roles := range map[tenants.Role]tenants.Roles{
		"": {tenants.ServiceUser, tenants.Carer, tenants.Waiting}, tenants.PeerSupporter: {tenants.ServiceUser, tenants.PeerSupporter},
		tenants.Clinician: {tenants.PeerSupporter, tenants.Moderator, tenants.Clinician},
	} {
		if got := roles.Badge(); got != want || roles.Staff() != want.Staff() {
			t.Errorf("%v: badge %q, staff %v", roles, got, roles.Staff())
		}
	}
}

func TestRolesSurviveTheirColumn(t *testing.T) {
	for _, roles := range []tenants.Roles{nil, {tenants.Carer}, {tenants.ServiceUser, tenants.Clinician}} {
		stored, err := roles.Value()
		var read, bytes tenants.Roles
		if err != nil || read.Scan(stored) != nil || bytes.Scan([]byte(stored.(string))) != nil || !slices.Equal(read, roles) || !slices.Equal(bytes, roles) {
			t.Errorf("%v became %v and %v", roles, read, bytes)
		}
	}
	var roles tenants.Roles
	if err := roles.Scan(1); err == nil {
		t.Error("a number is no role")
	}
}

func TestEveryRoleHasANameAndIsAMember(t *testing.T) {
	for _, role := range slices.Concat(tenants.ServiceRoles, tenants.TrustRoles, tenants.PlatformRoles) {
		if role.Name() == "" {
			t.Errorf("%s has no name", role)
		}
	}
	for _, role := range tenants.ServiceRoles {
		at, climbs := role, 0
		for ; at != tenants.Member && climbs < 10; climbs++ {
			i := slices.IndexFunc(tenants.Inherits, func(pair [2]tenants.Role) bool { return pair[0] == at })
			if i < 0 {
				break
			}
			at = tenants.Inherits[i][1]
		}
		if at != tenants.Member {
			t.Errorf("%s is not a member", role)
		}
	}
}
