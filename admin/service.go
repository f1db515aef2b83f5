package admin

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// Services is what the console can do with services. It enters none of them.
type Services interface {
	// Preset is what a service of an area begins with.
	Preset(area tenants.Area) (tenants.Preset, error)
	// Begin makes a service of a trust. Invalid says which part to mend.
	Begin(ctx context.Context, trust uuid.UUID, in tenants.NewService) (*tenants.Service, error)
	// Drift is how a service differs from its preset. NotFound if it is not open.
	Drift(ctx context.Context, trust, service uuid.UUID) (tenants.Drift, error)
}

// Area is an area of services, by key and name.
type Area struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

func offered() []Area {
	all := make([]Area, len(areas.All))
	for i, area := range areas.All {
		all[i] = Area{area.Key, area.Name}
	}
	return all
}

// ServiceForm asks what a new service of an area begins with; of none, for the areas.
type ServiceForm struct {
	OneTrust
	Area string `json:"area" validate:"omitempty,oneof=eating_disorders perinatal children_young_people learning_disabilities early_intervention carers waiting_list" label:"an area"`
}

// NewServicePage is what a new service of an area would be.
type NewServicePage struct {
	Trust  TrustName       `json:"trust"`
	Areas  []Area          `json:"areas"`
	Preset *tenants.Preset `json:"preset,omitempty"` // nil until an area is chosen
}

// ServiceForm shows what a new service of an area begins with, before anything is made.
func (c Console) ServiceForm(ctx context.Context, _ Scope, in ServiceForm) (NewServicePage, error) {
	trust, err := c.Directory.Trust(ctx, in.Trust)
	out := NewServicePage{Trust: nameOf(trust), Areas: offered()}
	if err != nil || in.Area == "" {
		return out, err
	}
	preset, err := c.Services.Preset(tenants.Area(in.Area))
	out.Preset = &preset
	return out, err
}

// MakeService is a service to be made, with what was changed of its preset.
type MakeService struct {
	OneTrust
	Area   string   `json:"area" validate:"required,oneof=eating_disorders perinatal children_young_people learning_disabilities early_intervention carers waiting_list" label:"an area"`
	Name   string   `json:"name" validate:"filled,max=100" label:"the service’s name"`
	Slug   string   `json:"slug" validate:"filled,max=40" label:"an address"`
	About  string   `json:"about" validate:"max=200" label:"a line about it"`
	Accent string   `json:"accent" validate:"required,max=7" label:"a colour"`
	Rooms  []string `json:"rooms" validate:"max=50" label:"rooms"`
	Days   []string `json:"staffed" validate:"max=7" label:"days"`
	From   string   `json:"opens" validate:"max=5" label:"from when the team is there"`
	To     string   `json:"closes" validate:"max=5" label:"until when the team is there"`
	Crisis string   `json:"crisis_name" validate:"max=100" label:"whom to call in a crisis"`
	Phone  string   `json:"crisis_phone" validate:"max=40" label:"their number"`
	Wings  []string `json:"wings" validate:"max=20" label:"wings"`
}

// MadeService names a new service.
type MadeService struct {
	ID uuid.UUID `json:"id"`
}

// MakeService makes a service of a trust. Invalid says which part to mend.
func (c Console) MakeService(ctx context.Context, s Scope, in MakeService) (MadeService, error) {
	preset, err := c.Services.Preset(tenants.Area(in.Area))
	if err != nil {
		return MadeService{}, err
	}
	service, err := in.service(preset)
	if err != nil {
		return MadeService{}, err
	}
	service.By = s.by()
	made, err := c.Services.Begin(ctx, in.Trust, service)
	if err != nil {
		return MadeService{}, err
	}
	return MadeService{made.ID}, nil
}

func (in MakeService) service(preset tenants.Preset) (tenants.NewService, error) {
	out := tenants.NewService{Area: preset.Area, Name: strings.TrimSpace(in.Name), Slug: in.Slug, About: strings.TrimSpace(in.About), Accent: in.Accent, Modules: in.Rooms, Wings: in.Wings}
	for _, key := range in.Rooms {
		if !slices.ContainsFunc(preset.Rooms, func(room tenants.PresetRoom) bool { return room.Key == key }) {
			return out, fault.Bad("rooms", "One of these rooms does not exist. Load the page again.")
		}
	}
	for _, key := range in.Wings {
		if !slices.ContainsFunc(preset.Wings, func(wing tenants.PresetWing) bool { return wing.Key == key }) {
			return out, fault.Bad("wings", "One of these wings does not exist. Load the page again.")
		}
	}
	if len(in.Days) > 0 {
		if in.From == in.To {
			return out, fault.Bad("opens", "The team must leave at another time than it comes.")
		}
		out.Staffed = []tenants.Hours{{Days: in.Days, From: in.From, To: in.To}}
	}
	switch name, phone := strings.TrimSpace(in.Crisis), strings.TrimSpace(in.Phone); {
	case name == "" && phone == "":
	case name == "":
		return out, fault.Bad("crisis_name", "Enter who answers this number.")
	case strings.Trim(phone, "+0123456789 ()") != "" || len(phone) < 3:
		return out, fault.Bad("crisis_phone", "Enter a telephone number, such as 03069 990111.")
	default:
		out.Crisis = []tenants.Contact{{Name: name, Phone: phone, Hours: "Your service’s own line"}}
	}
	return out, nil
}

// OneService names a service of a trust.
type OneService struct {
	OneTrust
	Service uuid.UUID `path:"service"`
}

// DriftPage is how a service differs from what its area begins with.
type DriftPage struct {
	Trust TrustName `json:"trust"`
	tenants.Drift
}

// Drift compares a service with its preset. NotFound if it is not open.
func (c Console) Drift(ctx context.Context, _ Scope, in OneService) (DriftPage, error) {
	trust, err := c.Directory.Trust(ctx, in.Trust)
	if err != nil {
		return DriftPage{}, err
	}
	drift, err := c.Services.Drift(ctx, in.Trust, in.Service)
	return DriftPage{nameOf(trust), drift}, err
}
