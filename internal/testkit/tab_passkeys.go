package testkit

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Safe is a device of the tab's owner that keeps passkeys, as phones and
// computers have one inside. It says yes by itself.
type Safe struct {
	tab *Tab
	id  webauthn.AuthenticatorID
}

// Safe gives the tab such a device.
func (tab *Tab) Safe() *Safe {
	tab.t.Helper()
	safe := &Safe{tab: tab}
	tab.do("give it a safe for passkeys", func(ctx context.Context, target *chromedp.Target) error {
		if err := call(ctx, target, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		added, err := cdp.Call(ctx, target, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		safe.id = added.AuthenticatorID
		return err
	})
	return safe
}

// Knows says whether the safe knows its owner from now on, by a finger or a face.
func (s *Safe) Knows(owner bool) {
	s.tab.t.Helper()
	s.tab.do("know the owner", func(ctx context.Context, target *chromedp.Target) error {
		return call(ctx, target, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: s.id, IsUserVerified: owner})
	})
}

// Passkeys are those in the safe, private halves and all.
func (s *Safe) Passkeys() []*webauthn.Credential {
	s.tab.t.Helper()
	var found webauthn.GetCredentialsResult
	s.tab.do("look into the safe", func(ctx context.Context, target *chromedp.Target) (err error) {
		found, err = cdp.Call(ctx, target, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: s.id})
		return err
	})
	return found.Credentials
}

// Put replaces what is in the safe, as a thief's copy would.
func (s *Safe) Put(passkeys ...*webauthn.Credential) {
	s.tab.t.Helper()
	s.tab.do("fill the safe", func(ctx context.Context, target *chromedp.Target) error {
		if err := call(ctx, target, webauthn.ClearCredentials, webauthn.ClearCredentialsParams{AuthenticatorID: s.id}); err != nil {
			return err
		}
		for _, p := range passkeys {
			copied := loose{Credential: loosePasskey{p.CredentialID, p.IsResidentCredential, p.RpID, p.PrivateKey, p.UserHandle, p.SignCount}, AuthenticatorID: s.id}
			if err := call(ctx, target, addLoose, copied); err != nil {
				return err
			}
		}
		return nil
	})
}

// loose is a passkey outside a safe, with all that any safe takes: cdproto's own
// type always says more than that.
type loose struct {
	AuthenticatorID webauthn.AuthenticatorID `json:"authenticatorId"`
	Credential      loosePasskey             `json:"credential"`
}

type loosePasskey struct {
	CredentialID         []byte  `json:"credentialId"`
	IsResidentCredential bool    `json:"isResidentCredential"`
	RpID                 string  `json:"rpId"`
	PrivateKey           []byte  `json:"privateKey"`
	UserHandle           []byte  `json:"userHandle"`
	SignCount            float64 `json:"signCount"`
}

var addLoose = cdp.Command[loose, cdp.Empty]{Method: webauthn.CommandAddCredential}
