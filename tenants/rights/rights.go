// Package rights is where a trust sees who may do what, changes it, and learns
// why something was refused. The rules themselves are of package policy.
package rights

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Rights is the part.
type Rights struct {
	// Words say what each permission lets somebody do.
	Words func() map[string]string
}

// New makes the part.
func New(x Rights) tenants.Part {
	return tenants.Part{
		Grants: policy.Grants{"policy.change": {string(tenants.TrustAdmin)}, "policy.explain": {string(tenants.Moderator), string(tenants.TrustAdmin)}},
		Rights: map[string]string{"policy.change": "See who may do what, and change it", "policy.explain": "Ask why something is refused"},
		Routes: func(r *tenants.Router) {
			web.Get(r, "/trust/policy", "policy.change", "Who may do what in this trust", x.Table, tablePage)
			web.Get(r, "/trust/policy/change", "policy.change", "What a change of a permission would do", x.Preview, changePage)
			web.Post(r, "/trust/policy/change", "policy.change", "Change a permission", x.Change, web.SeeOther("/trust/policy?service={service}"),
				web.FormAt("/trust/policy/change?permission={permission}&role={role}&service={service}&effect={effect}"))
			web.Get(r, "/{service}/policy", "policy.explain", "Why somebody may do something here, or not", x.Why, whyPage)
		},
		Links: func(s tenants.Scope) (all []tenants.MeLink) {
			if s.May("policy.change") {
				all = append(all, tenants.MeLink{Name: "Who may do what", About: "The permissions of each role, and your trust’s changes", Path: "/trust/policy"})
			}
			if s.Service != nil && s.May("policy.explain") {
				all = append(all, tenants.MeLink{Name: "Why was this refused?", About: "Look up what a role may do here", Path: "/" + s.Service.Slug + "/policy"})
			}
			return all
		},
		Acts: tenants.Acts{"policy.change": "Changed who may do what"},
	}
}

// A Subject is one permission of one role, in one service or in all.
type Subject struct {
	Permission string `json:"permission" validate:"required,max=100" label:"a permission"`
	Role       string `json:"role" validate:"required,max=40" label:"a role"`
	Service    string `json:"service" validate:"max=60" label:"a service"` // a slug; empty for all of them
}

// permissions are all there are, by room.
func (x Rights) permissions(s tenants.Scope) []string {
	all := map[string]bool{}
	for _, rule := range s.Usual() {
		all[rule.Object+"."+rule.Action] = true
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		roomA, _, _ := strings.Cut(a, ".")
		roomB, _, _ := strings.Cut(b, ".")
		return cmp.Or(cmp.Compare(roomA, roomB), cmp.Compare(a, b))
	})
}

// words are those of a permission.
func (x Rights) words(permission string) string { return cmp.Or(x.Words()[permission], permission) }

// everywhere is the service of a rule that holds in all of them.
const everywhere = "*"

// patients are those whom a service is for: they never get what is the team's.
var patients = []tenants.Role{tenants.ServiceUser, tenants.Carer, tenants.Waiting}

// team are those who are staff.
var team = []tenants.Role{tenants.Moderator, tenants.Clinician, tenants.ServiceLead}

// fixed says why a permission of a role can never be changed; empty if it can.
func fixed(usual *policy.Enforcer, role tenants.Role, permission string) string {
	may := func(role tenants.Role) bool { return usual.Decide(string(role), everywhere, permission).Allowed }
	switch {
	case role == tenants.TrustAdmin:
		return "What a trust administrator may do never changes, so that nobody is locked out, and they never read what members write."
	case !slices.ContainsFunc(tenants.ServiceRoles, may):
		return "This is for the trust administrator alone."
	case slices.Contains(patients, role) && !may(tenants.PeerSupporter) && !may(role):
		return "This is the team’s. It is never given to the people whom a service is for."
	}
	return ""
}

// roleName is a role in a sentence.
func roleName(role string) string {
	if role == string(tenants.Member) {
		return "every member"
	}
	return tenants.Role(role).Name()
}

// columns are the roles of the table.
var columns = append(slices.Clone(tenants.ServiceRoles), tenants.TrustAdmin)
