package main

import "context"

type demoCmd struct {
	config
}

func (cmd demoCmd) Run(ctx context.Context) error { return nil }
