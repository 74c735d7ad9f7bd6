# A Llama-style transformer: log-probabilities, scores and their gradients.
#
# TorchScript text, run without Python. Every method is a function of its arguments; the attributes
# are constants of the model's shape. Dtypes by number: 4 int64, 6 float32, 7 float64, 15 bfloat16.
#
# w: [embedding, (input norm, qkv, output, post norm, gate and up, down) * layers, norm, head];
# a tied head is left out. R rows of T tokens; N labelled positions; D hidden size.
class Llama(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  layers : int
  heads : int
  kv_heads : int
  head_dim : int
  tied : int
  bfloat16 : int
  rms_eps : float
  rope_theta : float

  def linear(self: __torch__.Llama, x: Tensor, weight: Tensor) -> Tensor:
    if self.bfloat16 == 1:
      return torch.linear(x.to(15), weight.to(15))
    return torch.linear(x, weight)

  def rms(self: __torch__.Llama, x: Tensor, weight: Tensor) -> Tensor:
    return torch.rms_norm(x, [x.size(-1)], weight, self.rms_eps)

  # Cosine and sine [*, 1, head_dim] of positions [*]; frequencies theta^(-2i / head_dim).
  def rotary(self: __torch__.Llama, positions: Tensor) -> Tuple[Tensor, Tensor]:
    even = torch.arange(0, self.head_dim, 2, dtype=7, device=positions.device)
    frequency = torch.pow(self.rope_theta, torch.div(even, -self.head_dim)).to(6)
    half = torch.mul(positions.to(6).unsqueeze(-1), frequency)
    angle = torch.cat([half, half], -1).unsqueeze(-2)
    return (torch.cos(angle), torch.sin(angle))

  def rotate(self: __torch__.Llama, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    p = torch.chunk(x, 2, -1)
    return torch.addcmul(torch.mul(x, cos), torch.cat([torch.neg(p[1]), p[0]], -1), sin)

  # Additive mask [R or 1, 1, T, T]: a query sees earlier keys of its own segment.
  # segments [R, T], or empty where every row is one segment.
  def mask(self: __torch__.Llama, ids: Tensor, segments: Tensor) -> Tensor:
    at = torch.arange(0, ids.size(1), device=ids.device)
    hidden = torch.gt(at.unsqueeze(0), at.unsqueeze(1)).unsqueeze(0)
    if segments.numel() > 0:
      hidden = torch.logical_or(hidden, torch.ne(segments.unsqueeze(1), segments.unsqueeze(2)))
    dtype = 6
    if self.bfloat16 == 1:
      dtype = 15
    zeros = torch.zeros(hidden.size(), dtype=dtype, device=ids.device)
    return torch.masked_fill(zeros, hidden, -inf).unsqueeze(1)

  # q [R, T, heads, head_dim], k and v [R, T, kv_heads, head_dim]. Query heads that share a key
  # head are rows of one product, so that keys are never repeated.
  def attention(self: __torch__.Llama, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    R = q.size(0)
    T = q.size(1)
    H = self.heads
    K = self.kv_heads
    d = self.head_dim
    G = torch.floordiv(H, K)
    scale = 1. / torch.sqrt(float(d))
    qt = q.transpose(1, 2)
    kt = k.transpose(1, 2)
    vt = v.transpose(1, 2)
    if T > 384:
      kr = torch.repeat_interleave(kt, G, 1)
      vr = torch.repeat_interleave(vt, G, 1)
      y = torch.scaled_dot_product_attention(qt, kr, vr, mask.expand([R, H, T, T]))
    else:
      rows = torch.mul(qt, scale).reshape([R * K, G * T, d])
      s = torch.bmm(rows, kt.reshape([R * K, T, d]).transpose(1, 2))
      p = torch.softmax(torch.add(s.view([R, H, T, T]), mask), -1)
      y = torch.bmm(p.view([R * K, G * T, T]), vt.reshape([R * K, T, d])).view([R, H, T, d])
    return y.transpose(1, 2).reshape([R, T, H * d])

  # Residual stream after the last layer, before the last norm: [R * T, D].
  def body(self: __torch__.Llama, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor) -> Tensor:
    R = ids.size(0)
    T = ids.size(1)
    H = self.heads
    K = self.kv_heads
    x = torch.embedding(w[0], ids)
    c, s, = self.rotary(positions)
    mask = self.mask(ids, segments)
    cos = c.to(mask.dtype)
    sin = s.to(mask.dtype)
    for i in range(self.layers):
      o = 1 + i * 6
      qkv = self.linear(self.rms(x, w[o]), w[o + 1]).view([R, T, H + 2 * K, self.head_dim])
      parts = torch.split_with_sizes(qkv, [H + K, K], 2)
      qk = torch.split_with_sizes(self.rotate(parts[0], cos, sin), [H, K], 2)
      x = torch.add(x, self.linear(self.attention(qk[0], qk[1], parts[1], mask), w[o + 2]))
      h = self.rms(x, w[o + 3])
      gate = torch.chunk(w[o + 4], 2, 0)
      up = torch.mul(torch.silu(self.linear(h, gate[0])), self.linear(h, gate[1]))
      x = torch.add(x, self.linear(up, w[o + 5]))
    return x.flatten(0, 1)

  # Logits [N, V] in float32 at the flat positions at [N].
  def logits(self: __torch__.Llama, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, at: Tensor) -> Tensor:
    x = torch.index_select(self.body(w, ids, positions, segments), 0, at)
    norm = 1 + self.layers * 6
    if self.tied == 1:
      head = w[0]
    else:
      head = w[norm + 1]
    return self.linear(self.rms(x, w[norm]), head).to(6)

  # log softmax(logits / temperature)[targets], [N].
  def log_probs(self: __torch__.Llama, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, at: Tensor, targets: Tensor, temperature: Tensor) -> Tensor:
    y = self.logits(w, ids, positions, segments, at)
    t = float(temperature)
    if t != 1.:
      y = torch.div(y, t)
    return torch.neg(torch.cross_entropy_loss(y, targets, None, 0))

  # Scores [N]: the head has one row.
  def scores(self: __torch__.Llama, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, at: Tensor) -> Tensor:
    return self.logits(w, ids, positions, segments, at).squeeze(1)

  # [loss, gradients...] of -weight * sum(log-probabilities).
  def token_gradients(self: __torch__.Llama, w: List[Tensor], ids: Tensor, positions: Tensor, segments: Tensor, at: Tensor, targets: Tensor, weight: Tensor) -> List[Tensor]:
    y = self.logits(w, ids, positions, segments, at)
    loss = torch.mul(torch.cross_entropy_loss(y, targets, None, 2), float(weight))
    gradients = torch.autograd.grad([loss], w)
    out = annotate(List[Tensor], [loss.detach()])
    for i in range(len(w)):
      out.append(torch._unwrap_optional(gradients[i]))
    return out

  # A leaf of the shape of like that holds values [N] at the flat cells [N], and 0 elsewhere.
  def leaf(self: __torch__.Llama, values: Tensor, cells: Tensor, like: Tensor) -> Tensor:
    flat = torch.zeros([like.numel()], dtype=6, device=values.device)
    torch.index_copy_(flat, 0, cells, values.detach())
    return flat.view(like.size()).requires_grad_(True)

  # Gradient [N] of a loss at the cells of a leaf.
  def leaf_gradient(self: __torch__.Llama, loss: Tensor, leaf: Tensor, cells: Tensor) -> Tensor:
    if not loss.requires_grad:
      return torch.zeros([cells.numel()], dtype=6, device=leaf.device)
    found = torch.autograd.grad([loss], [leaf])
    return torch.index_select(torch._unwrap_optional(found[0]).flatten(), 0, cells)

  # Gradients of sum(gradient * values) in w; values [N] still hold their graph.
  def backward(self: __torch__.Llama, w: List[Tensor], values: Tensor, gradient: Tensor) -> List[Tensor]:
    gradients = torch.autograd.grad([values], w, annotate(List[Optional[Tensor]], [gradient]))
    out = annotate(List[Tensor], [])
    for i in range(len(w)):
      out.append(torch._unwrap_optional(gradients[i]))
    return out
