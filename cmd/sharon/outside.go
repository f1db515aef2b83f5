package main

import (
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/push"
	"github.com/sharon-nhs/sharon/modules/notifications"
	"github.com/sharon-nhs/sharon/tenants"
)

// outside is how members are reached who are not on a page.
func (c config) outside(w webConfig, keys crypt.Keys) (*notifications.Outside, error) {
	out := &notifications.Outside{
		Keys: keys, Address: func(t tenants.Trust) string { return t.Address(w.BaseURL) },
		Push: push.New(push.Options{Key: keys.Push(), Contact: w.BaseURL, Hosts: c.PushHosts}),
	}
	server, err := c.smtp()
	if err != nil {
		return nil, err
	}
	if server != nil {
		out.Email = server.Send
	}
	phones, err := c.notify()
	if err != nil {
		return nil, err
	}
	if phones != nil {
		out.Text = phones
	}
	return out, nil
}
