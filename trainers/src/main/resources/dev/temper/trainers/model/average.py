# An average of weights over the steps. TorchScript text, run without Python.
class Average(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # s = decay * s + (1 - decay) * w, in place.
  def update(self: __torch__.Average, s: List[Tensor], w: List[Tensor], decay: Tensor) -> Tensor:
    d = float(decay)
    weights = annotate(List[Tensor], [])
    for i in range(len(w)):
      weights.append(w[i].detach())
    torch._foreach_mul_(s, d)
    torch._foreach_add_(s, weights, alpha=1. - d)
    return decay

  # s and w change places.
  def exchange(self: __torch__.Average, s: List[Tensor], w: List[Tensor]) -> Tensor:
    for i in range(len(w)):
      weight = w[i].detach()
      kept = torch.clone(weight)
      torch.copy_(weight, s[i])
      torch.copy_(s[i], kept)
    return s[0]
