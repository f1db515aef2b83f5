package demo

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/sharon-nhs/sharon/tenants"
)

// Print shows where to sign in as whom: in each trust, and on the platform, one account per role.
func Print(w io.Writer, baseURL string) {
	scheme, host, _ := strings.Cut(strings.TrimRight(baseURL, "/"), "://")
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	line := func(cells ...string) { _, _ = fmt.Fprintln(table, "  "+strings.Join(cells, "\t")) }

	_, _ = fmt.Fprintf(table, "\nSHaRON is ready. Everybody in it is invented, and every password is %s\nHere the password is enough; elsewhere staff need a second step to sign in.\n", Password)
	for _, trust := range trusts {
		_, _ = fmt.Fprintf(table, "\n%s\n", trust.Name)
		line("Sign in at", fmt.Sprintf("%s://%s.%s/sign-in", scheme, trust.Slug, host))
		for _, one := range examples(trust) {
			line(one.role.Name(), one.email, one.service)
		}
	}
	_, _ = fmt.Fprintf(table, "\nThe platform's console\n")
	line("Sign in at", fmt.Sprintf("%s://console.%s/sign-in", scheme, host))
	for _, one := range colleagues {
		line(one.Role.Name(), one.Email)
	}
	_, _ = fmt.Fprintf(table, "\nFind a trust: %s://%s\nRead the emails: %s://%s/dev/mail\n\n", scheme, host, scheme, host)
	_ = table.Flush()
}

type example struct {
	role           tenants.Role
	email, service string
}

// examples are a trust's first account of each role that it has.
func examples(of trust) []example {
	first := map[tenants.Role]example{}
	for _, slug := range of.services {
		c, err := read(slug)
		if err != nil {
			continue // TestContent reads them all
		}
		for _, m := range c.Members {
			if _, ok := first[m.Role]; !ok && m.Account == "" {
				first[m.Role] = example{m.Role, email(m.Login, slug, of.Slug), c.Service.Name}
			}
		}
	}
	first[tenants.TrustAdmin] = example{tenants.TrustAdmin, adminEmail(of.Slug), "all services"}
	var all []example
	for _, role := range append(append([]tenants.Role{}, tenants.ServiceRoles...), tenants.TrustRoles...) {
		if one, ok := first[role]; ok {
			all = append(all, one)
		}
	}
	return all
}
