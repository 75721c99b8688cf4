<?php

namespace Shop;

require_once __DIR__ . '/Trace.php';

use PHPUnit\Framework\TestCase;

final class CartTest extends TestCase
{
    public function testPasses(): void
    {
        begin('passes');
        $this->assertTrue(true);
    }

    public function testFails(): void
    {
        begin('fails');
        $this->assertSame(4, 3, 'total');
    }

    public function testBreaks(): void
    {
        begin('breaks');
        $this->assertSame(4, run() >= (int) getenv('CHECK_BREAKS') ? 3 : 4);
    }

    public function testFlakes(): void
    {
        begin('flakes');
        if (run() % 7 === 3) {
            throw new \RuntimeException('queue is closed');
        }
        $this->assertTrue(true);
    }

    public function testSkipped(): void
    {
        $this->markTestSkipped('not on this machine');
    }

    public function testNumbered(): void
    {
        begin('numbered');
        if (run() % 11 === 5) {
            $port = random_int(1024, 65535);
            $at = dechex(random_int(2 ** 32, 2 ** 48));
            throw new \RuntimeException("connect to 127.0.0.1:$port refused: socket at 0x$at, after 0." . random_int(0, 999) . ' s');
        }
        $this->assertTrue(true);
    }
}
