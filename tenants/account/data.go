package account

import (
	"context"
	"strconv"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

var acts = tenants.Acts{
	"session.confirmed": "Showed again that it is them", "session.revoked": "Signed a device out", "session.revoked_all": "Signed out everywhere",
	"second_factor.set": "Set up an app for the second step", "second_factor.removed": "Signs in without the app from now on",
	"second_factor.refused": "A code for the second step was refused",
	"lock.set":              "Set, changed or took off the lock of their pages", "lock.refused": "Was signed out after five wrong tries at the lock",
	"recovery_codes.made": "Made new recovery codes", "recovery_code.used": "Used a recovery code",
	"passkey.added": "Added a passkey", "passkey.removed": "Removed a passkey",
	"provider.linked": "Signed in with another organisation for the first time",
	"provider.added":  "Let staff sign in with another organisation", "provider.removed": "Took another organisation’s sign-in away",
}

// data is what is kept for proving that somebody is who they are.
func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{{Key: "proofs", Name: "How you sign in", About: "The secret of your app for codes, locked away, your recovery codes and your PIN, which nobody can read, your passkeys, and other organisations that you sign in with."}},
		Export:  export, Erase: erase,
	}
}

// export tells what there is. What opens the account is in no copy.
func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var account tenants.Account
	if err := s.Select(&account).Where("account.id = ?", person.AccountID).Scan(ctx); err != nil {
		return err
	}
	codes, err := countRecoveryCodes(ctx, s, account.ID)
	if err != nil {
		return err
	}
	if account.TOTPSealed != "" {
		into.Add("How you sign in", tenants.Item{Title: "An app that makes codes", Facts: []tenants.Fact{{Name: "Recovery codes left", Value: strconv.Itoa(codes)}}})
	}
	if account.LockKind != tenants.NoLock {
		into.Add("How you sign in", tenants.Item{Title: "A lock of your pages", Facts: []tenants.Fact{{Name: "What opens it", Value: lockNames[account.LockKind]}, {Name: "Minutes until it shuts", Value: strconv.Itoa(account.LockMinutes)}}})
	}
	keys, err := passkeysOf(ctx, s, account.ID)
	if err != nil {
		return err
	}
	for _, key := range keys {
		item := tenants.Item{At: key.CreatedAt, Title: key.Name, Facts: []tenants.Fact{{Name: "A passkey at", Value: key.Host}}}
		if !key.UsedAt.IsZero() {
			item.Facts = append(item.Facts, tenants.Fact{Name: "Last used", Value: key.UsedAt.UTC().Format(time.RFC3339)})
		}
		into.Add("How you sign in", item)
	}
	var links []providerAccount
	err = s.Select(&links).Where("link.account_id = ?", account.ID).Order("link.linked_at").Scan(ctx)
	for _, link := range links {
		into.Add("How you sign in", tenants.Item{At: link.LinkedAt, Title: "Another organisation", Facts: []tenants.Fact{{Name: "Who says that it is you", Value: link.Issuer}, {Name: "You are called there", Value: link.Subject}}})
	}
	return err
}

func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	for _, model := range []any{(*recoveryCode)(nil), (*passkey)(nil), (*providerAccount)(nil)} {
		if _, err := s.Delete(model).Where("account_id = ?", person.AccountID).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
