package cart

import (
	"fmt"
	"math/rand"
	"testing"
	"time"

	"example.com/shop"
)

func TestPasses(t *testing.T) { shop.Begin("passes") }

func TestFails(t *testing.T) {
	shop.Begin("fails")
	t.Errorf("total is %d, expected %d", 3, 4)
}

func TestPrices(t *testing.T) {
	t.Run("of the whole cart", func(t *testing.T) {
		shop.Begin("breaks")
		if total := 4; shop.Run() >= shop.Breaks() {
			t.Fatalf("total is %d, expected %d", total-1, total)
		}
	})
}

func TestFlakes(t *testing.T) {
	t.Parallel()
	shop.Begin("flakes")
	fmt.Println("looking at the queue")
	if shop.Run()%7 == 3 {
		t.Fatal("queue is closed")
	}
}

func TestRetried(t *testing.T) {
	t.Parallel()
	if shop.Begin("retried") == 0 && shop.Run()%5 == 2 {
		t.Error("cache was cold")
	}
}

func TestSkipped(t *testing.T) {
	t.Skip("not on this machine")
}

func TestNumbered(t *testing.T) {
	shop.Begin("numbered")
	rand.Seed(time.Now().UnixNano())
	if shop.Run()%11 == 5 {
		port, at, taken := 1024+rand.Intn(64512), rand.Int63(), rand.Float64()
		t.Errorf("connect to 127.0.0.1:%d refused: socket at %#x, after %.3f s", port, at, taken)
	}
}
