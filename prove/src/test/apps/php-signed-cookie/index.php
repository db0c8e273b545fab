<?php
// A basket that travels with its user, in a signed cookie.

function signature(string $text): string
{
    return hash_hmac('sha256', $text, getenv('SESSION_SECRET'));
}

function basket(): array
{
    [$text, $signed] = explode('.', $_COOKIE['basket'] ?? '.', 2);
    return hash_equals(signature($text), $signed) ? json_decode(base64_decode($text), true) : [];
}

$basket = basket();
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $basket[] = $_POST['good'];
    $text = base64_encode(json_encode($basket));
    header('Set-Cookie: basket=' . rawurlencode("$text." . signature($text)) . '; Path=/; HttpOnly');
    http_response_code(201);
}
header('Content-Type: application/json');
echo json_encode(['basket' => $basket]), "\n";
