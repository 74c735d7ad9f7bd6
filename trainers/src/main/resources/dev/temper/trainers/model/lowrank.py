# Low-rank adapters: their gradients and their sum with the weights. TorchScript text, run without Python.
# A row of places says for one adapter: index of the weight, index of its base, first row, rows.
class LowRank(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # From gradients of the weights to those of all a, then of all b.
  def gradients(self: __torch__.LowRank, totals: List[Tensor], a: List[Tensor], b: List[Tensor], places: Tensor, scale: Tensor) -> List[Tensor]:
    s = float(scale)
    of_a = annotate(List[Tensor], [])
    of_b = annotate(List[Tensor], [])
    for i in range(len(a)):
      place = torch.select(places, 0, i)
      g = torch.narrow(totals[int(torch.select(place, 0, 0))], 0, int(torch.select(place, 0, 2)), int(torch.select(place, 0, 3)))
      of_a.append(torch.mul(torch.mm(torch.t(b[i]), g), s))
      of_b.append(torch.mul(torch.mm(g, torch.t(a[i])), s))
    for i in range(len(of_b)):
      of_a.append(of_b[i])
    return of_a

  # weights = base + scale * b a, in place.
  def merge(self: __torch__.LowRank, w: List[Tensor], base: List[Tensor], a: List[Tensor], b: List[Tensor], places: Tensor, scale: Tensor) -> Tensor:
    s = float(scale)
    for i in range(len(a)):
      place = torch.select(places, 0, i)
      first = int(torch.select(place, 0, 2))
      rows = int(torch.select(place, 0, 3))
      here = torch.narrow(w[int(torch.select(place, 0, 0))].detach(), 0, first, rows)
      there = torch.narrow(base[int(torch.select(place, 0, 1))], 0, first, rows)
      torch.copy_(here, torch.add(there, torch.mm(b[i], a[i]), alpha=s))
    return scale

  # to = read, in place.
  def copy(self: __torch__.LowRank, to: Tensor, read: Tensor) -> Tensor:
    return torch.copy_(to, read)
