package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestAProcessThatEndsHangsUpOnRedis(t *testing.T) {
	t.Parallel()
	server := testkit.StartRedis(t)
	options, err := redis.ParseURL(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	look := redis.NewClient(options)
	defer func() { _ = look.Close() }()
	// others counts the connections besides that of this question.
	others := func() int {
		list, err := look.ClientList(t.Context()).Result()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(strings.TrimSpace(list), "\n")
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	c := config{Data: t.TempDir(), DatabaseURL: testkit.SQLite(t, prepare), RedisURL: server.URL(), LogLevel: "error", LogFormat: "text"}
	w := webConfig{Addr: "127.0.0.1:0", BaseURL: "http://localhost", SessionIdle: time.Hour, SessionAbsolute: time.Hour, BodyLimit: 1 << 10}
	go func() { ended <- run(ctx, c, w, parts{web: true, workers: true}) }()
	// It shows the other nodes a sign of life every few seconds.
	signs := look.Subscribe(t.Context(), "sharon:realtime:0")
	if _, err := signs.ReceiveMessage(t.Context()); err != nil {
		t.Fatal(err)
	}
	_ = signs.Close()
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	for deadline := time.Now().Add(time.Minute); others() > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are still open", others())
		}
	}
}
