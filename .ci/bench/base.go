package main

import (
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2" //nolint:depguard // the yardstick is fiber's, with nothing of SHaRON around it
)

//go:generate go tool templ generate -f base.templ

type basePost struct {
	ID, Avatar, Author, At, When, Where, Title string
	Paragraphs                                 []string
	Reactions                                  []baseReaction
	Replies                                    int
}

type baseReaction struct {
	Kind, Name string
	Count      int
}

// basePosts are 20 posts that look like ours.
func basePosts() []basePost {
	const words = "Last night was long & I nearly gave up on it, but the word you left me on Tuesday kept me going until it was light. " +
		"I made tea, I opened the window, and I wrote down three things that didn't go wrong."
	posts := make([]basePost, 20)
	for i := range posts {
		posts[i] = basePost{
			ID: fmt.Sprintf("01932f4e-7c1a-7b3e-9d52-6f0c5a7e%04x", 4096+i*37), Author: fmt.Sprintf("quiet-heron-%d", i),
			Avatar: fmt.Sprintf("/assets/avatars/%02d.svg", i), At: "2026-11-22T03:12:00Z", When: "today, 03:12",
			Where: "Forum · Nights", Title: fmt.Sprintf("What helped me through night number %d", i),
			Paragraphs: []string{words, words[:57]}, Replies: i,
			Reactions: []baseReaction{{"with_you", "With you", i}, {"hug", "Hug", i % 3}, {"thank_you", "Thank you", i % 5}, {"hope", "Hope", 1}},
		}
	}
	return posts
}

// serveBase is the base's own process: it tells its address on standard output.
func serveBase() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // lasts as long as the process
	if err != nil {
		return err
	}
	posts := basePosts()
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", func(c *fiber.Ctx) error {
		buffer := templ.GetBuffer()
		defer templ.ReleaseBuffer(buffer)
		if err := basePage(posts).Render(c.UserContext(), buffer); err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return c.Send(buffer.Bytes())
	})
	if _, err := fmt.Fprintln(os.Stdout, listener.Addr()); err != nil {
		return err
	}
	return app.Listener(listener)
}

// startBase starts this program again as the base.
func (l *lab) startBase() (addr string, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	out, err := os.CreateTemp(l.dir, "base")
	if err != nil {
		return "", err
	}
	defer func() { _ = out.Close() }()
	if _, err := l.spawn("base", out, nil, self, "base"); err != nil {
		return "", err
	}
	for range 1000 {
		text, err := os.ReadFile(out.Name())
		if err != nil {
			return "", err
		}
		if addr, ok := strings.CutSuffix(string(text), "\n"); ok {
			return addr, nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	return "", fmt.Errorf("the base does not answer: %s", tail(out.Name()))
}
