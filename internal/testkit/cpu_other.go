//go:build !linux

package testkit

import "time"

// Work is the time that fn takes.
func Work(fn func()) time.Duration {
	began := time.Now()
	fn()
	return time.Since(began)
}
