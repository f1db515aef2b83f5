package demo

import "testing"

func TestTheDemosWingsAreThereOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, fresh func() world) {
		b := fresh()
		if err := Seed(t.Context(), b.deps); err != nil {
			t.Fatal(err)
		}
		var once string
		for range 2 {
			if err := Wings(t.Context(), b.deps); err != nil {
				t.Fatal(err)
			}
			if now := b.counts(t); once == "" {
				once = now
			} else if now != once {
				t.Errorf("the second time left\n%snot\n%s", now, once)
			}
		}
		for what, query := range map[string]string{
			"a band":                          "SELECT 1 FROM wings WHERE kind = 'band' AND from_age = 14",
			"somebody of the team in it":      "SELECT 1 FROM wings AS w JOIN members AS m ON m.tenant_id = w.tenant_id AND m.service_id = w.service_id WHERE m.roles = 'clinician'",
			"a carer in the carers’ wing":     "SELECT 1 FROM wings AS w JOIN members AS m ON m.tenant_id = w.tenant_id AND m.service_id = w.service_id WHERE w.kind = 'carers' AND m.roles = 'carer'",
			"a thread in a wing":              "SELECT 1 FROM wings AS w JOIN threads AS t ON t.tenant_id = w.tenant_id AND t.service_id = w.service_id",
			"somebody who cares for a member": "SELECT 1 FROM kin",
			"a member whose birth we know":    "SELECT 1 FROM wings AS w JOIN members AS m ON m.tenant_id = w.tenant_id AND m.service_id = w.service_id JOIN identities AS i ON i.tenant_id = m.tenant_id AND i.account_id = m.account_id WHERE w.kind = 'band'",
		} {
			if b.rows(t, query) == "" {
				t.Errorf("there is not %s", what)
			}
		}
		b.addUp(t)
	})
}
