package notifications

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/push"
	"github.com/sharon-nhs/sharon/tenants"
)

// Device is a browser that shows notices to an account, in all its services.
type Device struct {
	bun.BaseModel `bun:"table:push_devices,alias:device"`
	tenants.InTrust

	ID           uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	AccountID    uuid.UUID  `bun:"account_id,type:uuid" json:"-"`
	EndpointHash string     `bun:"endpoint_hash" json:"-"`
	Sealed       string     `bun:"sealed" json:"-"`
	CreatedAt    time.Time  `bun:"created_at" json:"created_at"`
	ReachedAt    *time.Time `bun:"reached_at" json:"reached_at,omitempty"`

	at     push.Subscription
	failed error
}

// mostDevices is how many an account keeps: a new one takes the place of the oldest.
const mostDevices = 10

// Subscribe is a browser's own word on where it can be reached.
type Subscribe struct {
	Endpoint string `json:"endpoint" validate:"required,max=2000" label:"the address of the device"`
	P256dh   string `json:"p256dh" validate:"required,max=200" label:"the key of the device"`
	Auth     string `json:"auth" validate:"required,max=100" label:"the secret of the device"`
}

// Subscribe has notices shown on the browser that asks. Whoever signs in there
// next and asks too gets them instead.
func (n *Notifications) Subscribe(ctx context.Context, s tenants.Scope, in Subscribe) (Device, error) {
	if s.Actor.Member == nil {
		return Device{}, notAMember()
	}
	if n.outside.Push == nil {
		return Device{}, fault.New(fault.Invalid, "Notices on devices are not set up here.")
	}
	at := push.Subscription(in)
	if err := n.outside.Push.Check(at); err != nil {
		return Device{}, fault.Bad("endpoint", "We cannot send notices to this browser.")
	}
	device := Device{ID: uuid.Must(uuid.NewV7()), AccountID: s.Actor.AccountID, EndpointHash: crypt.TokenHash(in.Endpoint), CreatedAt: s.Now}
	var err error
	if device.Sealed, err = n.outside.Keys.SealValue(at, device.EndpointHash); err != nil {
		return Device{}, err
	}
	return device, keepDevice(ctx, s, &device)
}

// Forget takes a device off the list. Doing so twice changes nothing.
func (n *Notifications) Forget(ctx context.Context, s tenants.Scope, in ByID) (ByID, error) {
	return in, tenants.Touched(s.Delete((*Device)(nil)).Where("id = ?", in.ID).Where("account_id = ?", s.Actor.AccountID).Exec(ctx))
}

// openDevices are an account's, ready to send to.
func (n *Notifications) openDevices(ctx context.Context, s tenants.Scope, account uuid.UUID) ([]Device, error) {
	devices, err := devicesOf(ctx, s, account)
	if err != nil {
		return nil, err
	}
	for i := range devices {
		if err := n.outside.Keys.OpenValue(devices[i].Sealed, devices[i].EndpointHash, &devices[i].at); err != nil {
			return nil, err
		}
	}
	return devices, nil
}

// settle forgets a device whose push service does, and notes when one was reached.
func (d Device) settle(ctx context.Context, s tenants.Scope) error {
	var gone *push.Gone
	if errors.As(d.failed, &gone) {
		return dropDevice(ctx, s, d.ID)
	}
	if d.failed != nil {
		return nil
	}
	return reached(ctx, s, d.ID)
}
