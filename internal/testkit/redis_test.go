package testkit_test

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestRedis(t *testing.T) {
	server := testkit.StartRedis(t)
	other := client(t, testkit.Redis(t))
	db := client(t, server.URL())
	if err := db.Set(t.Context(), "key", "value", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if n, err := other.DBSize(t.Context()).Result(); err != nil || n != 0 {
		t.Errorf("another test's server has %d keys (%v)", n, err)
	}
	server.Kill()
	if err := db.Ping(t.Context()).Err(); err == nil {
		t.Error("a killed server answers")
	}
	server.Restart()
	if n, err := db.DBSize(t.Context()).Result(); err != nil || n != 0 {
		t.Errorf("a killed server has %d keys after its restart (%v)", n, err)
	}
}

func client(t *testing.T, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	options.MaxRetries, options.DialerRetries = -1, 1
	c := redis.NewClient(options)
	t.Cleanup(func() { _ = c.Close() })
	return c
}
