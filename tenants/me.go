package tenants

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/web"
)

// Me is what somebody sees of themselves in a service.
type Me struct {
	Person   Person    `json:"person"`
	Role     string    `json:"role"`
	Services []Service `json:"services"`
	Links    []MeLink  `json:"links"`
}

// MeLink is a page that concerns the person or their work. Path is whole.
type MeLink struct {
	Name  string `json:"name"`
	About string `json:"about"`
	Path  string `json:"path"`
}

// Me shows the actor's own place in the service.
func (e Entrance) Me(ctx context.Context, s Scope, _ web.None) (Me, error) {
	var out Me
	if s.Actor.Member == nil {
		out.Person.Handle = TrustAdmin.Name()
		out.Person.Avatar = 1
	} else if err := s.Select(&out.Person).Where("id = ?", s.Actor.Member.ID).Scan(ctx); err != nil {
		return out, err
	}
	if roles := s.Actor.Roles; len(roles) > 0 {
		out.Role = roles[len(roles)-1].Name()
	}
	out.Links = e.Mine(s)
	var err error
	out.Services, err = Memberships(ctx, s, s.Actor.AccountID)
	return out, err
}

// few are the links that stand on the page at once: in Easy Read the first ones.
func (m Me) few(easy bool) (first, rest []MeLink) {
	const most = 5
	if !easy || len(m.Links) <= most {
		return m.Links, nil
	}
	return m.Links[:most], m.Links[most:]
}

// Link is what a room offers to do with a member; Path is below the service.
type Link struct {
	Name string `json:"name"`
	Path string `json:"path"`
}

// ByHandle names a member of the service.
type ByHandle struct {
	Handle string `path:"handle"`
}
