package tenants

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
)

// Role is what somebody is in a service, in a trust or on the platform.
type Role string

// The roles of a service, then that of a trust, then those of the platform.
const (
	ServiceUser       Role = "service_user"
	Carer             Role = "carer"
	Waiting           Role = "waiting"
	PeerSupporter     Role = "peer_supporter"
	Moderator         Role = "moderator"
	Clinician         Role = "clinician"
	ServiceLead       Role = "service_lead"
	TrustAdmin        Role = "trust_admin"
	OnboardingManager Role = "onboarding_manager"
	Finance           Role = "finance"
	PlatformAdmin     Role = "platform_admin"
)

// Member is what every role of a service inherits from; nobody holds it itself.
const Member Role = "member"

// SuspendedMember is who may not write to others for a time; nobody holds it, and what
// is given to it is what they keep of their own roles.
const SuspendedMember Role = "suspended"

// ServiceRoles are those that a member of a service can hold.
var ServiceRoles = []Role{ServiceUser, Carer, Waiting, PeerSupporter, Moderator, Clinician, ServiceLead}

// TrustRoles are those that an account holds across its trust.
var TrustRoles = []Role{TrustAdmin}

// PlatformRoles are those of platform staff, who belong to no trust and enter none.
var PlatformRoles = []Role{PlatformAdmin, OnboardingManager, Finance}

// Inherits says which role's permissions a role has too.
var Inherits = [][2]Role{
	{ServiceUser, Member}, {Carer, Member}, {Waiting, Member}, {PeerSupporter, Member},
	{Moderator, PeerSupporter}, {Clinician, Moderator}, {ServiceLead, Moderator},
}

var roleNames = map[Role]string{
	ServiceUser: "Service user", Carer: "Relative or carer", Waiting: "Person waiting",
	PeerSupporter: "Peer supporter", Moderator: "Moderator", Clinician: "Clinician",
	ServiceLead: "Service lead", TrustAdmin: "Trust administrator",
	OnboardingManager: "Onboarding manager", Finance: "Finance officer", PlatformAdmin: "Platform administrator",
	SuspendedMember: "Suspended member",
}

// Name is the role in words.
func (r Role) Name() string { return roleNames[r] }

// Staff tells whether the role is held by the service's team.
func (r Role) Staff() bool { return r == Moderator || r == Clinician || r == ServiceLead }

// Holds is a condition on a column of roles: that one of them is this.
func Holds(column string, role Role) string { return column + " LIKE '%" + string(role) + "%'" }

// StaffIn is a condition on a column of roles: that one of them is the team's.
func StaffIn(column string) string {
	var works []string
	for _, role := range ServiceRoles {
		if role.Staff() {
			works = append(works, Holds(column, role))
		}
	}
	return "(" + strings.Join(works, " OR ") + ")"
}

// Roles are kept in one column, comma-separated.
type Roles []Role

// Has tells whether any of the roles is held.
func (r Roles) Has(any ...Role) bool {
	return slices.ContainsFunc(any, func(role Role) bool { return slices.Contains(r, role) })
}

// Names are the roles in words.
func (r Roles) Names() []string {
	names := make([]string, len(r))
	for i, role := range r {
		names[i] = role.Name()
	}
	return names
}

// Staff tells whether one of the roles is the team's.
func (r Roles) Staff() bool { return slices.ContainsFunc(r, Role.Staff) }

// Badge is the role that peers see beside the handle; empty for an ordinary member.
func (r Roles) Badge() Role {
	for _, role := range []Role{Clinician, ServiceLead, Moderator, PeerSupporter} {
		if r.Has(role) {
			return role
		}
	}
	return ""
}

// Audiences are those whose posts somebody with these roles may read, besides
// their own.
func (r Roles) Audiences() []Audience {
	sees := []Audience{AudienceService}
	if r.Has(ServiceUser, Waiting, PeerSupporter) || r.Staff() {
		sees = append(sees, AudiencePeers)
	}
	if r.Has(Carer) || r.Staff() {
		sees = append(sees, AudienceCarers)
	}
	if r.Staff() {
		sees = append(sees, AudienceFriends, AudienceStaff)
	}
	if r.Has(Clinician) {
		sees = append(sees, AudienceClinicians)
	}
	return sees
}

// Audience is who may read a post.
type Audience string

// The audiences.
const (
	AudienceService    Audience = "service"
	AudiencePeers      Audience = "peers"
	AudienceCarers     Audience = "carers"
	AudienceFriends    Audience = "friends" // of whoever's wall it is, or else of the author
	AudienceStaff      Audience = "staff"
	AudienceClinicians Audience = "clinicians" // the author and clinicians
	AudienceSelf       Audience = "self"       // the author alone: no role sees it, so that nobody else does
)

// Offers are the audiences that somebody with these roles may write for.
func (r Roles) Offers() []Audience {
	offers := []Audience{AudienceService}
	if r.Has(ServiceUser, Waiting, PeerSupporter) {
		offers = append(offers, AudiencePeers)
	}
	if r.Has(Carer) {
		offers = append(offers, AudienceCarers)
	}
	if r.Staff() {
		offers = append(offers, AudienceStaff)
	}
	return append(offers, AudienceFriends, AudienceClinicians)
}

var audienceNames = map[Audience]string{
	AudienceService: "Everyone in this service", AudiencePeers: "Peers, not carers", AudienceCarers: "Relatives and carers",
	AudienceFriends: "Friends", AudienceStaff: "The team only", AudienceClinicians: "Me and the clinicians", AudienceSelf: "Only me",
}

// Name is the audience in words.
func (a Audience) Name() string { return audienceNames[a] }

// Value implements driver.Valuer.
func (r Roles) Value() (driver.Value, error) {
	words := make([]string, len(r))
	for i, role := range r {
		words[i] = string(role)
	}
	return strings.Join(words, ","), nil
}

// Scan implements sql.Scanner.
func (r *Roles) Scan(from any) error {
	words, err := listed(from)
	if err != nil {
		return fmt.Errorf("roles %w", err)
	}
	*r = nil
	for _, word := range words {
		*r = append(*r, Role(word))
	}
	return nil
}
